import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';

/** Why no certificate can be made here; false where one can. */
export const noCertificates =
  spawnSync('openssl', ['version']).error === undefined
    ? false
    : 'openssl is not installed, and makes the certificates';

/** Makes FILE.crt and FILE.key: a certificate for functions.test that signs itself, and ends `days` from now. */
export function certify(file: string, name: string, days = 90): void {
  const names = 'subjectAltName=DNS:functions.test,DNS:*.many.test,IP:127.0.0.1';
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const written = ['-keyout', `${file}.key`, '-out', `${file}.crt`, '-days', String(days)];
  execFileSync('openssl', ['req', '-x509', ...key, ...written, '-subj', `/CN=${name}`, '-addext', names], {
    stdio: 'ignore',
  });
}

/** Makes FILE.crt and FILE.key: a certificate that ended years ago. */
export function certifyLongAgo(file: string): void {
  const folder = `${file}.ca`;
  mkdirSync(folder);
  writeFileSync(`${folder}/index.txt`, '');
  writeFileSync(`${folder}/serial`, '01\n');
  const authority = `database=${folder}/index.txt\nnew_certs_dir=${folder}\nserial=${folder}/serial\ndefault_md=sha256\npolicy=any`;
  writeFileSync(
    `${folder}/config`,
    `[ca]\ndefault_ca=own\n[own]\n${authority}\n[any]\ncommonName=supplied\n`,
  );
  const openssl = (...args: string[]): unknown => execFileSync('openssl', args, { stdio: 'ignore' });
  const key = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-keyout',
    `${file}.key`,
  ];
  openssl('req', '-new', ...key, '-out', `${folder}/request`, '-subj', '/CN=long-ago');
  const when = ['-startdate', '20200101000000Z', '-enddate', '20200401000000Z'];
  const from = ['-selfsign', '-keyfile', `${file}.key`, '-in', `${folder}/request`];
  openssl('ca', '-batch', '-notext', '-config', `${folder}/config`, ...from, '-out', `${file}.crt`, ...when);
}

import { execFileSync, spawnSync } from 'node:child_process';

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

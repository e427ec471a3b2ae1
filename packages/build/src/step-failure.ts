import { WherryError } from '@wherry/core/errors';
import type { JobEnd, JobLimits } from '@wherry/core/ports/workshop';
import { decisiveLine } from './decisive-lines.ts';
import type { Step } from './site.ts';

const excerptLines = 20;
/** What tools say where somebody on the way has certificates of his own. */
const certificates =
  /SELF_SIGNED_CERT|self[- ]signed certificate|CERTIFICATE_VERIFY_FAILED|unable to get local issuer|certificate signed by unknown authority|PKIX path/i;
const trust =
  'Name the authority to the gateway and start it again: NODE_EXTRA_CA_CERTS, SSL_CERT_FILE and PIP_CERT, in a file below /etc/ssl.';

const limitNames = {
  time: 'time',
  disk: 'disk',
  files: 'number of files',
  memory: 'memory',
  cancelled: 'time',
};

/** Why a step of a build came to nothing, with the line that says so. */
export function stepFailure(
  { says, reach }: Step,
  end: JobEnd,
  lines: readonly string[],
  limits: JobLimits,
): WherryError {
  const excerpt = lines.slice(-excerptLines).join('\n');
  const details = { component: 'build', ...(excerpt === '' ? {} : { excerpt }) };
  if (end.exceeded === 'cancelled') return new WherryError('build_failed', 'it was cancelled', details);
  if (end.exceeded !== undefined) {
    const most = {
      time: `${Math.round(limits.timeMs / 1000)} s`,
      disk: `${Math.round(limits.diskBytes / 2 ** 20)} MiB`,
      memory: `${Math.round(limits.memoryBytes / 2 ** 20)} MiB`,
      files: '300000',
    }[end.exceeded];
    return new WherryError(
      'build_exceeded',
      `${says}: over its ${limitNames[end.exceeded]} (${most})`,
      details,
    );
  }
  const [refused] = end.refused;
  const network =
    refused === undefined
      ? ''
      : `; it asked for ${refused}, and builds reach ${reach === undefined ? 'nothing in this step' : 'the registry of their language only'}`;
  const next = lines.some((line) => certificates.test(line)) ? { next: trust } : {};
  return new WherryError('build_failed', `${says}: ${decisiveLine(lines)}${network}`, {
    ...details,
    ...next,
  });
}

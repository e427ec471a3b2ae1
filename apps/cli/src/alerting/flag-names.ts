import { ClientError } from '@wherry/wire/client-error';

/** By the names of fields in the API, the flags that say them here. */
export type FlagNames = Readonly<Record<string, string>>;

export const channelFlags: FlagNames = {
  ...{ 'mail.host': '--host', 'mail.port': '--port', 'mail.security': '--security', 'mail.user': '--user' },
  ...{ 'mail.from': '--mail-from', 'mail.to': '--to', matchers: '--match', function: '--function' },
  ...{ url: '--from-file', password: '--from-file', authorization: '--authorization-file' },
  ...{ form: '--form', 'form.body': '--form', 'form.as': '--form-as' },
};

export const ruleFlags: FlagNames = {
  ...{ query: '--query', 'the query': '--query', logs: '--log', 'logs.pattern': '--log' },
  ...{ 'logs.functions': '--functions', 'logs.level': '--level', 'logs.count': '--count' },
  ...{ 'logs.within': '--within', within: '--within', is: '--is', threshold: '--threshold' },
  ...{ clear: '--clear', for: '--for', keepFiring: '--keep-firing', severity: '--severity' },
  ...{ unit: '--unit', labels: '--label', subject: '--subject', summary: '--summary' },
  ...{ action: '--action', channels: '--channel' },
};

/** Does what the gateway is asked for; a field that it names is told as the flag that whoever typed it knows. */
export async function inFlags<T>(flags: FlagNames, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw thrown instanceof ClientError ? flagged(flags, thrown) : thrown;
  }
}

function flagged(flags: FlagNames, error: ClientError): ClientError {
  const { report, status } = error;
  const [, field = '', place = '', rest = ''] = /^([A-Za-z. ]+)(\[\d+\])?: (.*)$/s.exec(report.cause) ?? [];
  const flag = flags[`${field}${place}`] ?? flags[field];
  if (flag === undefined) return error;
  const next = report.code === 'bad_value' ? `Correct ${flag}.` : report.next;
  return new ClientError({ ...report, cause: `${flag}: ${rest}`, next }, status, error.cause);
}

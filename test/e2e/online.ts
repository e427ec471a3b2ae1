/** Why an address of a registry can't be read, or false. Three tries: a skip for one lost connection would hide a test. */
export async function unreachable(url: string): Promise<string | false> {
  let why = '';
  for (let tries = 0; tries < 3; tries++) {
    const said = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(30_000) }).then(
      ({ ok, status }) => !ok && `it answers ${status}`,
      (error: Error) => String(error.cause ?? error),
    );
    if (said === false) return false;
    why = said;
  }
  return `${new URL(url).host} can't be reached: ${why}`;
}

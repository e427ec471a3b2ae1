/** What is waited for before a body is sent as a stream: most of them end at once, and a known length suits every function. */
const aheadBytes = 64 * 1024;
const aheadMs = 50;

/**
 * Standard input as a request body: whole where it ends soon and is small, else as it comes. Undefined from a terminal, where nobody
 * has piped anything in.
 */
export async function stdinBody(
  stdin: NodeJS.ReadStream,
): Promise<Uint8Array | AsyncIterable<Uint8Array> | undefined> {
  if (stdin.isTTY) return undefined;
  const chunks = stdin[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  const ahead: Uint8Array[] = [];
  let size = 0;
  let late: NodeJS.Timeout | undefined;
  const patience = new Promise<'late'>((resolve) => {
    late = setTimeout(() => resolve('late'), aheadMs);
  });
  let next = chunks.next();
  try {
    while (size <= aheadBytes) {
      const got = await Promise.race([next, patience]);
      if (got === 'late') break;
      if (got.done) return Buffer.concat(ahead);
      ahead.push(got.value);
      size += got.value.length;
      next = chunks.next();
    }
  } finally {
    clearTimeout(late);
  }
  return rest(ahead, next, chunks);
}

async function* rest(
  ahead: readonly Uint8Array[],
  pending: Promise<IteratorResult<Uint8Array>>,
  chunks: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield* ahead;
  for (let next = await pending; !next.done; next = await chunks.next()) yield next.value;
}

/** Each page of what is read so, one after the other: a page says what the next is asked for with. */
export async function* pageByPage<P extends { readonly next?: number }>(
  read: (next?: number) => Promise<P>,
): AsyncGenerator<P> {
  let page = await read();
  yield page;
  while (page.next !== undefined) {
    page = await read(page.next);
    yield page;
  }
}

import type { Client } from '@wherry/wire/client';
import type { Params } from '@wherry/wire/connection';
import type { TableFormat } from '@wherry/wire/tables/formats';
import { saveFile } from './save-file.ts';

/**
 * A table of the gateway as a file. The browser takes its bytes as they come, and puts large ones on the disk by itself: no row of it is a value of ours.
 * Rejects where it ends early; then there is no file.
 */
export async function saveTable(
  client: Client,
  table: string,
  query: Params,
  format: TableFormat,
): Promise<void> {
  const pieces = client.exportTable(table, { ...query, format });
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const { done, value } = await pieces.next();
      if (done === true) controller.close();
      else controller.enqueue(value as Uint8Array<ArrayBuffer>);
    },
  });
  saveFile(`${table}.${format}`, await new Response(body).blob());
}

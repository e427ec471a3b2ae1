// The functions that are measured. Each says hello to a GET, so that one deployment serves every cell.
import type { Function as Deployable } from '../../e2e/gateway.ts';

const nodeSource = `module.exports = async (event, context) =>
  context.status(200).headers({ 'content-type': 'application/octet-stream' })
    .succeed(event.method === 'GET' ? 'hello' : event.body);
`;

const pythonSource = `def handle(event, context):
    body = b'hello' if event.method == 'GET' else event.body
    return {'statusCode': 200, 'headers': {'content-type': 'application/octet-stream'}, 'body': body}
`;

/** Takes a body without keeping it and says how long it was; answers a GET with as many bytes as the query says. */
const streamSource = `const piece = new Uint8Array(65536);
export default {
  async fetch(request) {
    if (request.method !== 'GET') {
      let bytes = 0;
      for await (const piece of request.body) bytes += piece.length;
      return new Response(String(bytes));
    }
    let left = Number(new URL(request.url).searchParams.get('bytes'));
    return new Response(new ReadableStream({
      pull(controller) {
        if (left <= 0) return controller.close();
        left -= piece.length;
        controller.enqueue(piece.slice());
      },
    }));
  },
};
`;

/** Bodies as bytes, as `RAW_BODY` asks of the OpenFaaS template too: else a body would be decoded to text and encoded again. */
export const nodeFunction = (name = 'bench-node'): Deployable => ({
  name,
  files: { 'handler.js': nodeSource },
  spec: { envVars: { RAW_BODY: 'true' } },
});
export const pythonFunction = (name = 'bench-python'): Deployable => ({
  name,
  files: { 'handler.py': pythonSource },
});
export const streamFunction = (name = 'bench-stream'): Deployable => ({
  name,
  files: { 'handler.mjs': streamSource },
  spec: { annotations: { 'com.wherry.timeout': '10m' } },
});

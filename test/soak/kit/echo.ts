import type { Function } from '../../e2e/gateway.ts';

/** A function that says its version and then what it was told; it takes a few milliseconds, so that some call is always under way. */
export function echo(version: number, spec: Readonly<Record<string, unknown>> = {}, takesMs = 4): Function {
  const source = `export const fetch = async (request) => {
    const text = await request.text();
    await new Promise((resolve) => setTimeout(resolve, ${takesMs}));
    return new Response('${version} ' + text);
  };`;
  return { name: 'echo', files: { 'handler.mjs': source }, spec };
}

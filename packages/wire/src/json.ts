import { WherryError } from '@wherry/core/errors';

/** Deeper nesting than this has no place in any body of the API. */
const deepest = 32;

const refuse = (why: string, cause?: unknown): never => {
  throw new WherryError('bad_json', why, { component: 'wire', cause });
};

/**
 * The value that a body's bytes spell. Refuses what is not UTF-8, not JSON, or nested deeper than anything we read; the
 * size was capped while it arrived.
 */
export function parseJson(body: Uint8Array | string): unknown {
  const text = typeof body === 'string' ? body : utf8(body);
  if (text.trim() === '') return refuse('the body is empty');
  checkDepth(text);
  try {
    return JSON.parse(text);
  } catch (error) {
    return refuse(error instanceof Error ? error.message : 'not JSON', error);
  }
}

function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    return refuse('the body is not UTF-8', error);
  }
}

function checkDepth(text: string): void {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x22) inString = !inString;
    else if (inString)
      i += c === 0x5c ? 1 : 0; // a backslash takes the next character with it
    else if (c === 0x7b || c === 0x5b) {
      depth += 1;
      if (depth > deepest) refuse(`nested deeper than ${deepest} levels`);
    } else if (c === 0x7d || c === 0x5d) depth -= 1;
  }
}

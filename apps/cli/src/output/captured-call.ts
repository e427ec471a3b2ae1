import type { CapturedCall, KeptBody } from '@wherry/wire/captures';
import { escapeControls, escapeLine } from './escape.ts';
import { bytes } from './quantities.ts';

/** A call with its bodies: what was sent, then what came back. */
export function capturedInFull({ request, answer }: CapturedCall): string {
  return [
    `${escapeLine(request.method)} ${escapeLine(request.path)}`,
    ...messageLines(request.headers, request.withheld, request),
    '',
    `${answer.status}${answer.error === undefined ? '' : ` ${escapeLine(answer.error)}`}`,
    ...messageLines(answer.headers, answer.withheld, answer),
  ].join('\n');
}

/** Headers and a body, as HTTP has them one below the other. */
export function messageLines(
  headers: readonly string[],
  withheld: readonly string[],
  body: KeptBody,
): readonly string[] {
  const lines: string[] = [];
  for (let i = 0; i + 1 < headers.length; i += 2)
    lines.push(`${escapeLine(headers[i] as string)}: ${escapeLine(headers[i + 1] as string)}`);
  if (withheld.length > 0) lines.push(`(not kept: ${withheld.map(escapeLine).join(', ')})`);
  return [...lines, ...bodyLines(body)];
}

function bodyLines({ encoding, body, bytes: size, cut }: KeptBody): readonly string[] {
  if (size === 0) return [];
  const rest = cut === true ? [`(the beginning of ${bytes(size)})`] : [];
  if (encoding === 'base64') return ['', `(${bytes(size)} that are no text: -o json)`];
  return ['', ...body.split('\n').map(escapeControls), ...rest];
}

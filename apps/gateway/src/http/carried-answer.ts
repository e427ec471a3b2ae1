import { answerHeader, encodeCarried } from '@wherry/wire/carried-answer';
import { dataPolicy } from '../dashboard/policies.ts';

/** The head under which a function's answer is sent where it must not be anything but data. */
export function carriedAnswer(status: number, headers: readonly string[]): string[] {
  const length = headers.findIndex((text, i) => i % 2 === 0 && text.toLowerCase() === 'content-length');
  return [
    ...Object.entries(dataPolicy).flat(),
    ...['Content-Type', 'application/octet-stream', 'Cache-Control', 'no-store'],
    ...(length < 0 || status === 204 || status === 304 ? [] : ['Content-Length', headers[length + 1] ?? '']),
    ...[answerHeader, encodeCarried(status, headers)],
  ];
}

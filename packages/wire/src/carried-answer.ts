/** The header with the head of a function's answer, on the dashboard's origin: whatever it says there is data. */
export const answerHeader = 'X-Wherry-Answer';

/** The head of an answer as its function gave it. */
export interface CarriedHead {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
}

/** Base64 of JSON: a header takes neither line ends nor other alphabets. Headers are names and values in turns. */
export function encodeCarried(status: number, headers: readonly string[]): string {
  const pairs: [string, string][] = [];
  for (let i = 0; i + 1 < headers.length; i += 2) pairs.push([headers[i] ?? '', headers[i + 1] ?? '']);
  const bytes = new TextEncoder().encode(JSON.stringify({ status, headers: pairs }));
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

export function decodeCarried(text: string): CarriedHead {
  const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes)) as CarriedHead;
}

/** Colours of terminals are left out; what else is no text is shown as a dot, so that no line can pose as two. */
export function plain(text: string): string {
  return text
    .replace(/\u001b\[[\d;]*m/g, '')
    .replace(
      /[\0-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
      '·',
    );
}

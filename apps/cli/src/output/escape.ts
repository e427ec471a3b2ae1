// Control characters, both direction overrides and line separators: what could move the cursor, hide text or forge a line.
const dangerous =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Text from elsewhere, made harmless for a terminal: tabs and line ends stay, every other control character is spelled out. */
export function escapeControls(text: string): string {
  return text.replace(dangerous, (c) => {
    const code = c.charCodeAt(0);
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/** The same for one cell or line: line ends and tabs are spelled out too. */
export function escapeLine(text: string): string {
  return escapeControls(text).replaceAll('\n', '\\n').replaceAll('\t', '\\t');
}

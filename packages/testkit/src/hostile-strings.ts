/** Texts that stores have been known to lose, cut or mix up. All of them legal JavaScript strings; each must come back unchanged. */
export const hostileStrings: readonly string[] = [
  '',
  ' leading and trailing ',
  'before\0after',
  '\ud800 a high surrogate alone',
  'a low one alone \udc00',
  'pairs are fine: 😀',
  'e\u0301 is not \u00e9',
  '\ufeffbyte order mark',
  "'; DROP TABLE functions; --",
  '"quoted" \\ and \n\r\t\u2028\u2029 broken',
  '\u202eright to left',
  '__proto__',
  'ÿ'.repeat(300),
];

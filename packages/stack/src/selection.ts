/** Which functions of a stack are meant: all, those whose name matches a pattern of `*` and `?`, or a regular expression. */
export interface Wanted {
  readonly filter?: string | undefined;
  readonly regex?: string | undefined;
}

/** Throws SyntaxError where `regex` is none. */
export function selected<F extends { readonly name: string }>(
  functions: readonly F[],
  { filter, regex }: Wanted,
): readonly F[] {
  if (filter !== undefined) {
    const pattern = new RegExp(
      `^${filter
        .replace(/[.+^${}()|[\]\\]/g, '\\$&')
        .replaceAll('*', '.*')
        .replaceAll('?', '.')}$`,
    );
    return functions.filter(({ name }) => pattern.test(name));
  }
  if (regex === undefined) return functions;
  const pattern = new RegExp(regex);
  return functions.filter(({ name }) => pattern.test(name));
}

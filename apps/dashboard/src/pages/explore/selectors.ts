/** Label matchers for a namespace (all where it is empty), and further ones; the names of functions are NAME.NAMESPACE there. */
export function ofNamespace(namespace: string): (...more: readonly string[]) => string {
  // Names are of a-z, 0-9 and "-": nothing in them means anything in an expression.
  const own = namespace === '' ? [] : [`function_name=~".+\\\\.${namespace}"`];
  return (...more) => {
    const all = [...own, ...more];
    return all.length === 0 ? '' : `{${all.join(',')}}`;
  };
}

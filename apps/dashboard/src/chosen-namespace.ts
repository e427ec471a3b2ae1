import { useEffect, useRef } from 'react';
import { useLocation } from 'wouter';
import { useNamespace } from './functions.ts';

/**
 * The namespace that was chosen, for pages that are reached by a link that names none: it is put into their address. A function's own page
 * names its namespace itself.
 */
export function useChosenNamespace(): readonly [string, (value: string) => void] {
  const [path] = useLocation();
  const [namespace, setNamespace] = useNamespace();
  const chosen = useRef(namespace);
  useEffect(() => {
    if (namespace !== '') chosen.current = namespace;
    else if (chosen.current !== '' && !path.startsWith('/functions/')) setNamespace(chosen.current);
  }, [namespace, path]);
  const choose = (value: string): void => {
    chosen.current = value;
    setNamespace(value);
  };
  return [namespace === '' ? chosen.current : namespace, choose];
}

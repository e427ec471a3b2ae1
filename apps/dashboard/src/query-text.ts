import { useSearchParams } from 'wouter';

/** A value that stands in the address, so that a link shows what its sender saw. Empty is not there. */
export function useQueryText(name: string): readonly [string, (value: string) => void] {
  const [query, setQuery] = useSearchParams();
  const say = (value: string): void =>
    setQuery(
      (before) => {
        if (value === '') before.delete(name);
        else before.set(name, value);
        return before;
      },
      { replace: true },
    );
  return [query.get(name) ?? '', say];
}

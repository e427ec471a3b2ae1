import { useNamespaces } from '../functions.ts';

/** Which namespace is looked at. It is in the address, and goes along to other pages. */
export function NamespaceSwitch({
  namespace,
  choose,
  className = '',
}: {
  namespace: string;
  choose: (namespace: string) => void;
  className?: string;
}) {
  const names = useNamespaces();
  return (
    <select
      aria-label="Namespace"
      className={`field w-full shrink-0 ${className}`}
      value={namespace}
      onChange={(event) => choose(event.target.value)}
    >
      <option value="">All namespaces</option>
      {names.map((name) => (
        <option key={name}>{name}</option>
      ))}
    </select>
  );
}

import type { ReactNode } from 'react';

/** Several lines, for what is no prose. */
export function Area({
  name,
  label,
  hint,
  value = '',
  required = false,
}: {
  name: string;
  label: string;
  hint?: string;
  value?: string;
  required?: boolean;
}) {
  return (
    <label className="block">
      <span className="text-strong">{label}</span>
      <textarea
        name={name}
        rows={2}
        className="field mt-1 field-sizing-content max-h-48 w-full resize-y font-mono text-[13px]"
        spellCheck={false}
        autoCapitalize="off"
        defaultValue={value}
        required={required}
      />
      {hint !== undefined && <span className="mt-1 block text-muted">{hint}</span>}
    </label>
  );
}

export function Choice({
  name,
  label,
  value,
  set,
  of,
}: {
  name: string;
  label: string;
  value: string;
  /** Where something else depends on it. */
  set?: (value: string) => void;
  /** Each with what it is called. */
  of: readonly (readonly [string, string])[];
}) {
  const held =
    set === undefined
      ? { defaultValue: value }
      : { value, onChange: (event: { target: { value: string } }) => set(event.target.value) };
  return (
    <label className="block">
      <span className="text-strong">{label}</span>
      <select name={name} className="field mt-1 w-full" {...held}>
        {of.map(([id, word]) => (
          <option key={id} value={id}>
            {word}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Fields that belong together, two beside each other where there is room. */
export function Pairwise({ children }: { children: ReactNode }) {
  return <div className="grid gap-4 md:grid-cols-2">{children}</div>;
}

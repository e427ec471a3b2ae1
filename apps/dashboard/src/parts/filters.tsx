/** A field whose text narrows what is below it. `placeholder` where the label is too long to stand in it. */
export function SearchField({
  label,
  placeholder = label,
  value,
  set,
  width = 'grow md:max-w-80',
}: {
  label: string;
  placeholder?: string;
  value: string;
  set: (value: string) => void;
  width?: string;
}) {
  return (
    <input
      type="search"
      aria-label={label}
      placeholder={placeholder}
      className={`field min-w-0 ${width}`}
      value={value}
      onChange={(event) => set(event.target.value)}
    />
  );
}

/** One of a few, each with the word for it. */
export function Choice({
  label,
  value,
  set,
  choices,
}: {
  label: string;
  value: string;
  set: (value: string) => void;
  choices: Iterable<readonly [value: string, word: string]>;
}) {
  return (
    <select aria-label={label} className="field" value={value} onChange={(event) => set(event.target.value)}>
      {Array.from(choices, ([id, word]) => (
        <option key={id} value={id}>
          {word}
        </option>
      ))}
    </select>
  );
}

/** What a link or a row has chosen; a press takes it back. */
export function Chosen({ name, value, clear }: { name: string; value: string; clear: () => void }) {
  if (value === '') return null;
  return (
    <button type="button" className="button" onClick={clear} aria-label={`Any ${name}`}>
      {name} <code className="max-w-40 truncate font-mono text-[13px]">{value}</code> ✕
    </button>
  );
}

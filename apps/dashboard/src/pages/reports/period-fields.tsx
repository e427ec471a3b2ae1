import { useNamespace, useNamespaces } from '../../functions.ts';
import { ownZone } from './period-words.ts';

/** Whose days; with those that the browser knows to choose from. */
export function ZoneField({
  value,
  set,
}: {
  /** Where it is left out, the field is one of a form and begins with the zone of whoever looks. */
  value?: string;
  set?: (zone: string) => void;
}) {
  const own =
    set === undefined
      ? { defaultValue: ownZone() }
      : { value, onChange: ({ target }: { target: HTMLInputElement }) => set(target.value) };
  return (
    <label className="block min-w-0">
      <span className="text-strong">Time zone</span>
      <input
        name="zone"
        list="zones"
        required
        className="field mt-1 w-full"
        autoComplete="off"
        spellCheck={false}
        {...own}
      />
      <datalist id="zones">
        {['UTC', ...Intl.supportedValuesOf('timeZone')].map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
    </label>
  );
}

export function LengthField({ value, set }: { value?: string; set?: (every: string) => void }) {
  const own =
    set === undefined
      ? { defaultValue: 'day' }
      : { value, onChange: ({ target }: { target: HTMLSelectElement }) => set(target.value) };
  return (
    <label className="block">
      <span className="text-strong">A report of each</span>
      <select name="every" className="field mt-1 w-full" {...own}>
        <option value="day">Day</option>
        <option value="week">Week, from Monday</option>
        <option value="month">Month</option>
      </select>
    </label>
  );
}

/** Everything, or one namespace; at first the one that is looked at. */
export function AboutField() {
  const [namespace] = useNamespace();
  const all = useNamespaces();
  return (
    <label className="block">
      <span className="text-strong">About</span>
      <select name="namespace" className="field mt-1 w-full" defaultValue={namespace}>
        <option value="">Everything</option>
        {all.map((name) => (
          <option key={name} value={name}>
            Namespace {name}
          </option>
        ))}
      </select>
    </label>
  );
}

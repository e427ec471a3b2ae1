import { neverLinked, tableFilters, tableNames, type TableName } from '@wherry/wire/tables/names';
import type { LinkRequest, NewLink } from '@wherry/wire/tokens';
import { useState } from 'react';
import { Field } from '../../parts/confirm.tsx';
import { Modal } from '../../parts/modal.tsx';
import { CommandLine } from '../../parts/states.tsx';
import { useQueryText } from '../../query-text.ts';

const tables = tableNames.filter((name) => !neverLinked.includes(name));
const lifetimes = [
  ['604800', '7 days'],
  ['2592000', '30 days'],
  ['7776000', '90 days'],
  ['31622400', '1 year'],
] as const;

export function LinkFields({ table: asked }: { table: string }) {
  const [filters] = useQueryText('filters');
  const [table, setTable] = useState<TableName>(tables.find((one) => one === asked) ?? 'calls');
  return (
    <>
      <div className="grid gap-4 md:grid-cols-2">
        <label className="block">
          <span className="text-strong">Table</span>
          <select
            name="table"
            className="field mt-1 w-full"
            value={table}
            onChange={({ target }) => setTable(target.value as TableName)}
          >
            {tables.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label className="block">
          <span className="text-strong">As</span>
          <select name="format" className="field mt-1 w-full" defaultValue="csv">
            <option value="csv">CSV: Excel and Power BI</option>
            <option value="xlsx">Excel workbook</option>
            <option value="json">JSON</option>
          </select>
        </label>
      </div>
      <Field
        name="filters"
        label="Filters"
        defaultValue={filters}
        hint={`such as since=30d&every=day; it has ${[...tableFilters[table], 'limit'].join(', ')}`}
      />
      <div className="grid gap-4 md:grid-cols-2">
        <Field name="name" label="Name" hint="by which it is revoked" required />
        <label className="block">
          <span className="text-strong">It ends after</span>
          <select name="lifetime" className="field mt-1 w-full" defaultValue="7776000">
            {lifetimes.map(([seconds, word]) => (
              <option key={seconds} value={seconds}>
                {word}
              </option>
            ))}
          </select>
        </label>
      </div>
      <Field
        name="functions"
        label="For functions"
        defaultValue="*"
        hint="*, NAME, NAMESPACE/NAME, or either with * at its end"
        required
      />
    </>
  );
}

export function linkWish(form: FormData): {
  readonly table: string;
  readonly query: Readonly<Record<string, string>>;
  readonly request: LinkRequest;
} {
  const text = (name: string): string => String(form.get(name) ?? '').trim();
  return {
    table: text('table'),
    query: { ...Object.fromEntries(new URLSearchParams(text('filters'))), format: text('format') },
    request: { name: text('name'), functions: text('functions'), expiresInSeconds: Number(text('lifetime')) },
  };
}

/** The only time that an address is seen. */
export function NewAddress({ made, close }: { made: NewLink; close: () => void }) {
  return (
    <Modal title="The new address" close={close}>
      <div className="p-5">
        <h2 className="text-[16px]">The address of {made.name}</h2>
        <CommandLine text={made.url} />
        <p className="mt-3 text-warn">
          <span aria-hidden>▲ </span>It is a password, and this is the only time that it is shown.
        </p>
        <ul className="mt-3 list-disc space-y-1 pl-5">
          <li>Excel: Data, From Web; then sign in as Anonymous.</li>
          <li>Power BI: Get data, Web; then Anonymous.</li>
          <li>From another machine: with the name that the gateway has there before the path.</li>
        </ul>
        <button type="button" className="button mt-5" onClick={close}>
          Close
        </button>
      </div>
    </Modal>
  );
}

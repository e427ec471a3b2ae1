import type { AlertRuleInfo } from '@wherry/wire/alert-rules';
import { useState } from 'react';
import { Field } from '../../parts/confirm.tsx';
import { Expression } from '../explore/expression.tsx';
import { Area, Choice, Pairwise } from './form-fields.tsx';

/** How the value stands to the threshold when a rule fires. */
export const comparisons = [
  ['>', 'is above'],
  ['>=', 'is at least'],
  ['<', 'is below'],
  ['<=', 'is at most'],
  ['==', 'equals'],
  ['!=', 'is not'],
  ['present', 'is there at all'],
] as const;

const levels = [
  ['', 'any'],
  ['debug', 'debug or worse'],
  ['info', 'info or worse'],
  ['warn', 'warn or worse'],
  ['error', 'error'],
] as const;

/** Where the values of a rule come from, and beyond what it fires. */
export function RuleSource({
  before,
  query,
  setQuery,
}: {
  before: AlertRuleInfo | undefined;
  query: string;
  setQuery: (text: string) => void;
}) {
  const [source, setSource] = useState(before?.logs === undefined ? 'query' : 'logs');
  const [is, setIs] = useState<string>(before?.is ?? '>');
  const logs = before?.logs;
  return (
    <>
      <fieldset className="flex flex-wrap gap-x-5">
        <legend className="text-strong">It watches</legend>
        {(
          [
            ['query', 'numbers'],
            ['logs', 'lines of logs'],
          ] as const
        ).map(([id, word]) => (
          <label key={id} className="inline-flex min-h-6 items-center gap-2">
            <input
              type="radio"
              name="source"
              value={id}
              className="size-4 accent-accent"
              checked={source === id}
              onChange={() => setSource(id)}
            />
            {word}
          </label>
        ))}
      </fieldset>
      {source === 'query' ? (
        <>
          <div>
            <span className="mb-1 block text-strong" aria-hidden>
              Query
            </span>
            <Expression name="Query" value={query} set={setQuery} run={() => undefined} error={null} />
            <span className="mt-1 block text-muted">each series that it gives is an alert of its own</span>
          </div>
          <Pairwise>
            <Choice name="is" label="Fires when it" value={is} set={setIs} of={comparisons} />
            {is !== 'present' && (
              <Field
                name="threshold"
                label="Threshold"
                hint="0.05 and 5 % are the same"
                defaultValue={before?.threshold === undefined ? '' : String(before.threshold)}
                required
              />
            )}
            {/[<>]/.test(is) && (
              <Field
                name="clear"
                label="Over at"
                hint="goes on until the value is back there"
                defaultValue={before?.clear === undefined ? '' : String(before.clear)}
              />
            )}
            <Choice
              name="unit"
              label="Counts"
              value={before?.unit ?? 'number'}
              of={[
                ['number', 'things'],
                ['share', 'a share: 0.05 is 5 %'],
                ['seconds', 'seconds'],
                ['bytes', 'bytes'],
              ]}
            />
          </Pairwise>
        </>
      ) : (
        <>
          <Field
            name="pattern"
            label="Pattern"
            hint="RE2, anywhere in a line: order \d+ lost"
            defaultValue={logs?.pattern ?? ''}
            required
          />
          <Pairwise>
            <Field
              name="functions"
              label="Of functions"
              hint="*, NAME, NAMESPACE/NAME, or * at an end"
              defaultValue={logs?.functions ?? '*'}
            />
            <Choice name="level" label="Level" value={logs?.level ?? ''} of={levels} />
            <Field name="count" label="How many" defaultValue={String(logs?.count ?? 1)} />
            <Field name="within" label="Within" defaultValue={logs?.within ?? '5m'} />
          </Pairwise>
        </>
      )}
    </>
  );
}

/** What people read of it. */
export function RuleTexts({ before }: { before: AlertRuleInfo | undefined }) {
  const labels = Object.entries(before?.labels ?? {});
  return (
    <details className="space-y-4" open={before !== undefined}>
      <summary className="cursor-pointer text-strong">Words and labels</summary>
      <Field
        name="subject"
        label="What the value is"
        hint="p95 of {{ function }}"
        defaultValue={before?.subject ?? ''}
        maxLength={1000}
      />
      <Field
        name="summary"
        label="What people read"
        hint="{{ function }} is slow: {{ value }}; any label, and {{ line }} of logs"
        defaultValue={before?.summary ?? ''}
        maxLength={1000}
      />
      <Field name="action" label="What they should do" defaultValue={before?.action ?? ''} maxLength={1000} />
      <Area
        name="labels"
        label="Labels"
        hint="name=value, one a line"
        value={labels.map(([name, value]) => `${name}=${value}`).join('\n')}
      />
    </details>
  );
}

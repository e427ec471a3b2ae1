import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { AlertRuleInfo, AlertTrial } from '@wherry/wire/alert-rules';
import { type MouseEvent, useState } from 'react';
import { useSession } from '../../current-session.ts';
import { Confirm, Field } from '../../parts/confirm.tsx';
import { useTell } from '../../parts/notice.tsx';
import { Failure } from '../../parts/states.tsx';
import { fieldText } from './field-text.ts';
import { Choice, Pairwise } from './form-fields.tsx';
import { RuleSource, RuleTexts } from './rule-fields.tsx';
import { ruleIn } from './rule-request.ts';
import { Trials } from './trials.tsx';

/** Makes a rule, changes one, or changes the numbers of one that came along. What it would give now can be seen before. */
export function RuleDialog({ before, close }: { before?: AlertRuleInfo; close: () => void }) {
  const { client } = useSession();
  const queries = useQueryClient();
  const tell = useTell();
  const [query, setQuery] = useState(before?.query ?? '');
  const [trial, setTrial] = useState<readonly AlertTrial[] | Error>();
  const preset = before?.preset === true;
  const nameIn = (form: FormData): string => before?.name ?? fieldText(form, 'name');
  const look = ({ currentTarget }: MouseEvent<HTMLButtonElement>): void => {
    if (currentTarget.form === null) return;
    const form = new FormData(currentTarget.form);
    new Promise<readonly AlertTrial[]>((resolve) =>
      resolve(client.tryAlertRule(nameIn(form) || 'trial', ruleIn(form, query, before))),
    ).then(setTrial, setTrial);
  };
  return (
    <Confirm
      title={before === undefined ? 'Add a rule' : `Change ${before.name}`}
      verb={before === undefined ? 'Add' : 'Change'}
      act={async (form) => {
        const { sentence } = await client.putAlertRule(nameIn(form), ruleIn(form, query, before));
        await queries.invalidateQueries({ queryKey: ['alerts'] });
        tell(`It fires when: ${sentence}.`);
      }}
      close={close}
    >
      {before === undefined && (
        <Field name="name" label="Name" hint="a-z, 0-9 and “-”" required autoFocus maxLength={63} />
      )}
      {preset ? (
        <>
          <p className="text-muted">
            It came with Wherry: what it looks at stays, how it compares, and what it says.
          </p>
          <Pairwise>
            <Field
              name="threshold"
              label="Threshold"
              defaultValue={String(before.threshold ?? '')}
              autoFocus
            />
            <Field
              name="clear"
              label="Over at"
              hint="once it fires, it goes on until the value is back there"
              defaultValue={before.clear === undefined ? '' : String(before.clear)}
            />
          </Pairwise>
        </>
      ) : (
        <RuleSource before={before} query={query} setQuery={setQuery} />
      )}
      <Pairwise>
        <Field
          name="for"
          label="Held for"
          hint="before it fires, such as 5m"
          defaultValue={before?.for ?? '0s'}
        />
        <Field
          name="keepFiring"
          label="Goes on for"
          hint="after it held last"
          defaultValue={before?.keepFiring ?? '0s'}
        />
      </Pairwise>
      <Choice
        name="severity"
        label="Severity"
        value={before?.severity ?? 'warning'}
        of={[
          ['info', 'Info'],
          ['warning', 'Warning'],
          ['major', 'Major'],
          ['critical', 'Critical'],
        ]}
      />
      <ToldTo named={before?.channels ?? []} />
      {!preset && <RuleTexts before={before} />}
      {trial instanceof Error && <Failure error={trial} />}
      {trial !== undefined && !(trial instanceof Error) && <Trials of={trial} />}
      {!preset && (
        <button type="button" className="button" onClick={look}>
          See what it gives now
        </button>
      )}
    </Confirm>
  );
}

/** Channels that hear of it; every one that takes it where none is named. */
function ToldTo({ named }: { named: readonly string[] }) {
  const { client } = useSession();
  const { data = [] } = useQuery({ queryKey: ['alerts', 'channels'], queryFn: () => client.listChannels() });
  const told = data.filter(({ kind }) => kind !== 'heartbeat').map(({ name }) => name);
  // One that is gone stays named until somebody says otherwise.
  const all = [...new Set([...told, ...named])];
  if (all.length === 0) return null;
  return (
    <fieldset>
      <legend className="text-strong">Told to</legend>
      {all.map((name) => (
        <label key={name} className="mr-4 inline-flex min-h-6 items-center gap-2">
          <input
            type="checkbox"
            name="channels"
            value={name}
            className="size-4 accent-accent"
            defaultChecked={named.includes(name)}
          />
          {name}
        </label>
      ))}
      <span className="mt-1 block text-muted">every channel that takes it, where none is marked</span>
    </fieldset>
  );
}

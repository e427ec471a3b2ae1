import { useQueryClient } from '@tanstack/react-query';
import type { SilenceRequest } from '@wherry/wire/alert-lists';
import { useState } from 'react';
import { useSession } from '../../current-session.ts';
import { Confirm, Field } from '../../parts/confirm.tsx';
import { useTell } from '../../parts/notice.tsx';
import { fieldText } from './field-text.ts';
import { Area } from './form-fields.tsx';
import { matchersIn } from './matchers.ts';

const lengths = [
  ['1h', '1 hour'],
  ['4h', '4 hours'],
  ['24h', '1 day'],
  ['', 'Other'],
] as const;

/** Asks for how long nobody is to be told of some alerts, and why. */
export function SilenceDialog({
  title,
  matchers,
  close,
}: {
  title: string;
  matchers: readonly string[];
  close: () => void;
}) {
  const { client } = useSession();
  const queries = useQueryClient();
  const tell = useTell();
  const [length, setLength] = useState<string>('1h');
  return (
    <Confirm
      title={title}
      verb="Silence"
      act={async (form) => {
        const made = await client.createSilence(requestIn(form));
        await queries.invalidateQueries({ queryKey: ['alerts'] });
        tell(`Nobody is told until ${new Date(made.until).toLocaleString('en-GB')}.`);
      }}
      close={close}
    >
      <p className="text-muted">
        It goes on being listed, and when it is over, whoever was told that it fires hears that.
      </p>
      <fieldset>
        <legend className="mb-1 text-strong">For</legend>
        <div className="flex flex-wrap gap-x-5 gap-y-1">
          {lengths.map(([value, word]) => (
            <label key={value} className="inline-flex min-h-6 items-center gap-2">
              <input
                type="radio"
                name="length"
                value={value}
                className="size-4 accent-accent"
                autoFocus={value === '1h'}
                checked={length === value}
                onChange={() => setLength(value)}
              />
              {word}
            </label>
          ))}
        </div>
      </fieldset>
      {length === '' && (
        <div className="grid gap-4 md:grid-cols-2">
          <Field name="for" label="How long" hint="such as 90m, 12h, 7d" required />
          <Field name="from" label="Beginning" hint="now unless said" type="datetime-local" />
        </div>
      )}
      <Field name="why" label="Why" hint="for whoever wonders" maxLength={500} />
      <Area
        name="matchers"
        label="Which alerts"
        hint={'one condition a line, all of which must fit: severity="warning", alertname=~"p95|error-share"'}
        value={matchers.join('\n')}
        required
      />
    </Confirm>
  );
}

function requestIn(form: FormData): SilenceRequest {
  const from = fieldText(form, 'from');
  const why = fieldText(form, 'why');
  return {
    matchers: matchersIn(fieldText(form, 'matchers')),
    for: fieldText(form, 'length') || fieldText(form, 'for'),
    ...(from === '' ? {} : { from: new Date(from).toISOString() }),
    ...(why === '' ? {} : { why }),
  };
}

import { useQueryClient } from '@tanstack/react-query';
import type { ChannelInfo } from '@wherry/wire/alert-channels';
import { useState } from 'react';
import { useSession } from '../../current-session.ts';
import { useFunctions } from '../../functions.ts';
import { Confirm, Field } from '../../parts/confirm.tsx';
import { useTell } from '../../parts/notice.tsx';
import { channelIn } from './channel-request.ts';
import { kindHints, type Kind, kindWords } from './channel-kinds.ts';
import { fieldText } from './field-text.ts';
import { Area, Choice, Pairwise } from './form-fields.tsx';

/** Adds or changes one. What is secret about it is typed and sent, and never shown: whoever changes it enters that again. */
export function ChannelDialog({ before, close }: { before?: ChannelInfo; close: () => void }) {
  const { client } = useSession();
  const queries = useQueryClient();
  const tell = useTell();
  const [kind, setKind] = useState<Kind>(before?.kind ?? 'email');
  return (
    <Confirm
      title={before === undefined ? 'Add a channel' : `Change ${before.name}`}
      verb={before === undefined ? 'Add' : 'Change'}
      act={async (form) => {
        const { name } = await client.putChannel(
          before?.name ?? fieldText(form, 'name'),
          channelIn(kind, form),
        );
        await queries.invalidateQueries({ queryKey: ['alerts'] });
        tell(
          kind === 'heartbeat' ? `${name} is called every minute.` : `${name} is told. Does a test arrive?`,
        );
      }}
      close={close}
    >
      {before === undefined && (
        <Pairwise>
          <Field name="name" label="Name" hint="a-z, 0-9 and “-”" required autoFocus maxLength={63} />
          <Choice
            name="kind"
            label="Kind"
            value={kind}
            set={(value) => setKind(value as Kind)}
            of={Object.entries(kindWords)}
          />
        </Pairwise>
      )}
      <p className="text-muted">
        {kindHints[kind]}
        {before !== undefined && kind !== 'function' && ' What is secret is shown to nobody: enter it again.'}
      </p>
      <Parts kind={kind} before={before} />
      {kind !== 'heartbeat' && (
        <>
          <Area
            name="matchers"
            label="Takes only"
            hint={'one condition a line, such as severity=~"major|critical"; everything unless said'}
            value={(before?.matchers ?? []).join('\n')}
          />
          <label className="flex min-h-6 items-center gap-2">
            <input
              type="checkbox"
              name="resolved"
              className="size-4 accent-accent"
              defaultChecked={before?.resolved ?? true}
            />
            Also told when it is over
          </label>
        </>
      )}
    </Confirm>
  );
}

function Parts({ kind, before }: { kind: Kind; before: ChannelInfo | undefined }) {
  switch (kind) {
    case 'email':
      return <Mail mail={before?.mail ?? {}} />;
    case 'function':
      return <Target value={before?.function ?? ''} />;
    case 'sms':
      return (
        <>
          <Address hint="of the provider" />
          <Secret name="authorization" label="Header Authorization" />
          <Choice
            name="as"
            label="Sent as"
            value={before?.form?.as ?? 'form'}
            of={[
              ['form', 'Form'],
              ['json', 'JSON'],
            ]}
          />
          <Area
            name="body"
            label="What is sent"
            hint="a JSON object; {{ text }} in it is the message"
            value={JSON.stringify(before?.form?.body ?? { To: '+49…', Body: '{{ text }}' }, null, 1)}
            required
          />
        </>
      );
    case 'webhook':
      return (
        <>
          <Address hint="https://…" />
          <Secret name="authorization" label="Header Authorization" />
        </>
      );
    default:
      return <Address hint="https://…" />;
  }
}

const Address = ({ hint }: { hint: string }) => (
  <Field
    name="url"
    label="Address"
    type="password"
    hint={`${hint}. It often holds a key, so it is not shown, now or later`}
    required
  />
);

const Secret = ({ name, label }: { name: string; label: string }) => (
  <Field name={name} label={label} type="password" hint="where it is needed; not shown, now or later" />
);

function Mail({ mail }: { mail: NonNullable<ChannelInfo['mail']> }) {
  return (
    <>
      <Pairwise>
        <Field name="host" label="Server" defaultValue={mail.host ?? ''} required />
        <Field
          name="port"
          label="Port"
          hint="587, with TLS from the start 465"
          defaultValue={mail.port === undefined ? '' : String(mail.port)}
          pattern="[0-9]*"
        />
        <Choice
          name="security"
          label="Security"
          value={mail.security ?? 'starttls'}
          of={[
            ['starttls', 'STARTTLS'],
            ['tls', 'TLS from the start'],
            ['none', 'None'],
          ]}
        />
        <Field name="user" label="User" defaultValue={mail.user ?? ''} />
      </Pairwise>
      <Secret name="password" label="Password" />
      <Field name="mailFrom" label="From" defaultValue={mail.from ?? ''} required />
      <Field
        name="to"
        label="To"
        hint="several with commas"
        defaultValue={(mail.to ?? []).join(', ')}
        required
      />
    </>
  );
}

function Target({ value }: { value: string }) {
  const { data = [] } = useFunctions('');
  return (
    <label className="block">
      <span className="text-strong">Function</span>
      <input
        name="function"
        list="functions"
        className="field mt-1 w-full"
        defaultValue={value}
        required
        spellCheck={false}
        autoComplete="off"
      />
      <datalist id="functions">
        {data.map(({ name, namespace }) => (
          <option key={`${name}.${namespace}`} value={`${name}.${namespace}`} />
        ))}
      </datalist>
    </label>
  );
}

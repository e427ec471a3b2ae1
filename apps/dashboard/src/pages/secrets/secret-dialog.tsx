import type { SecretStatus } from '@wherry/wire/secrets';
import { useSession } from '../../current-session.ts';
import { Confirm, Field } from '../../parts/confirm.tsx';
import { useTell } from '../../parts/notice.tsx';

export type SecretAsked =
  | { readonly how: 'add' }
  | { readonly how: 'rotate' | 'remove'; readonly of: SecretStatus };

/** Adds, changes or removes one. What is typed is never shown, and is in no address and no storage. */
export function SecretDialog({
  asked,
  namespaces,
  namespace,
  users,
  done,
  close,
}: {
  asked: SecretAsked;
  namespaces: readonly string[];
  namespace: string;
  users: readonly { readonly name: string }[];
  done: () => void;
  close: () => void;
}) {
  const { client } = useSession();
  const tell = useTell();
  const after = (said: string) => (): void => {
    tell(said);
    done();
  };
  const used =
    users.length === 0 ? 'No function reads it.' : `Read by ${users.map(({ name }) => name).join(', ')}.`;
  if (asked.how === 'remove') {
    const { name, namespace: place } = asked.of;
    return (
      <Confirm
        title={`Remove ${name}?`}
        verb={`Remove ${name}`}
        bad
        act={() => client.deleteSecret({ name, namespace: place }).then(after(`Removed ${name}.`))}
        close={close}
      >
        <p>{used} Its value can’t be brought back.</p>
      </Confirm>
    );
  }
  if (asked.how === 'rotate') {
    const { name, namespace: place } = asked.of;
    return (
      <Confirm
        title={`A new value for ${name}`}
        verb="Rotate"
        act={(form) =>
          client
            .updateSecret({ name, namespace: place, value: text(form, 'value') })
            .then(after(`${name} has its new value.`))
        }
        close={close}
      >
        <Value first />
        <p className="text-muted">{used} Who runs is told at once.</p>
      </Confirm>
    );
  }
  return (
    <Confirm
      title="Add a secret"
      verb="Add"
      act={(form) => {
        const name = text(form, 'name');
        return client
          .createSecret({ name, namespace: text(form, 'namespace'), value: text(form, 'value') })
          .then(after(`Added ${name}.`));
      }}
      close={close}
    >
      <Field name="name" label="Name" hint="a-z, 0-9, “-” and “.”" required autoFocus maxLength={253} />
      <label className="block">
        <span className="text-strong">Namespace</span>
        <select name="namespace" className="field mt-1 w-full" defaultValue={namespace || namespaces[0]}>
          {namespaces.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </label>
      <Value />
    </Confirm>
  );
}

const Value = ({ first = false }: { first?: boolean }) => (
  <Field
    name="value"
    label="Value"
    type="password"
    hint="It is not shown, now or later. Longer ones come from files: wherry secret create --from-file"
    required
    autoFocus={first}
  />
);

const text = (form: FormData, name: string): string => String(form.get(name) ?? '');

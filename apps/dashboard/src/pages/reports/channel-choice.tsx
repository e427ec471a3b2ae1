import { useQuery } from '@tanstack/react-query';
import { useSession } from '../../current-session.ts';
import { Field } from '../../parts/confirm.tsx';

/** Who gets a report: the channels of the alerts, and others by their address. */
export function ChannelChoice() {
  const { client } = useSession();
  const { data } = useQuery({ queryKey: ['channels'], queryFn: () => client.listChannels() });
  const known = (data ?? []).filter(({ kind }) => kind !== 'heartbeat');
  return (
    <>
      <fieldset>
        <legend className="text-strong">Sent to</legend>
        {known.length > 0 && (
          <div className="mt-1 flex flex-wrap gap-x-5 gap-y-1">
            {known.map(({ name, kind }) => (
              <label key={name} className="flex min-h-8 items-center gap-2">
                <input type="checkbox" name="channels" value={name} className="size-4 accent-accent" />
                <span className="text-strong">{name}</span> <span className="text-muted">{kind}</span>
              </label>
            ))}
          </div>
        )}
        {data !== undefined && known.length === 0 && (
          <p className="mt-1 text-muted">
            No channel was added yet. Mail, for one:{' '}
            <code className="font-mono text-[13px]">wherry alerts channel add</code>
          </p>
        )}
      </fieldset>
      <Field
        name="others"
        label="Or to"
        hint="function:NAME.NAMESPACE or webhook:https://…; several with blanks between"
      />
    </>
  );
}

export function channelsIn(form: FormData): readonly string[] {
  const others = String(form.get('others') ?? '').split(/\s+/);
  return [...form.getAll('channels').map(String), ...others].filter((one) => one !== '');
}

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Rocket } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useLocation } from 'wouter';
import { useSession } from '../../current-session.ts';
import { deployOrder, type Order, type Phase } from '../../deploying/deploying.ts';
import { starters } from '../../deploying/starters.ts';
import { PageHead } from '../../frame.tsx';
import { ShowCommand } from '../../parts/show-command.tsx';
import { functionPath } from '../../paths.ts';
import { useQueryText } from '../../query-text.ts';
import { shellWord } from '../../words.ts';
import { type Chosen, ChosenFiles } from './files.tsx';
import { DeployProgress } from './progress.tsx';
import { begun, WrittenCode } from './written.tsx';
import { type Pair, PairRows, recordOf } from '../../parts/pair-rows.tsx';

const nameRule = '[a-z0-9]([a-z0-9\\-]{0,61}[a-z0-9])?';

/** From code to a function that answers: written here, or out of a file or a folder. Ends where it is called. */
export default function DeployPage() {
  const { client } = useSession();
  const queries = useQueryClient();
  const [, go] = useLocation();
  const [from, setFrom] = useQueryText('from');
  const [name, setName] = useState('');
  const [namespace, setNamespace] = useState('openfaas-fn');
  const [env, setEnv] = useState<readonly Pair[]>([]);
  const [written, setWritten] = useState(() => begun(starters[0]));
  const [chosen, setChosen] = useState<Chosen>();
  const [seen, setSeen] = useState<{ phase: Phase; log: readonly string[] }>();
  const namespaces = useQuery({ queryKey: ['namespaces'], queryFn: () => client.listNamespaces() });
  const there = useQuery({
    queryKey: ['functions', namespace],
    queryFn: () => client.listFunctions(namespace),
  });
  const code = from === 'files' ? chosen : written;
  const deploy = useMutation({
    mutationFn: (order: Order) => {
      let log: readonly string[] = [];
      return deployOrder(client, order, (phase, lines) => {
        log = [...log, ...lines].slice(-500);
        setSeen({ phase, log });
      });
    },
    onSuccess: async (_, of) => {
      await queries.invalidateQueries({ queryKey: ['functions'] });
      go(functionPath(of, 'invoke'));
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (code === undefined) return;
    const { runtime, entry, files } = code;
    deploy.mutate({ name, namespace, runtime, entry, files, envVars: recordOf(env) });
  };
  const exists = there.data?.some((one) => one.name === name) === true;
  return (
    <>
      <PageHead title="Deploy">
        <ShowCommand
          command={`wherry deploy --name ${shellWord(name === '' ? 'NAME' : name)} --from ./FOLDER`}
          path="/system/functions"
        />
      </PageHead>
      <form onSubmit={submit} aria-label="Deploy" className="space-y-4">
        <div className="panel flex flex-wrap items-end gap-4 p-4">
          <label className="block">
            <span className="text-xs text-muted">Name</span>
            <input
              className="field mt-1 block w-60"
              required
              pattern={nameRule}
              title="a-z, 0-9 and -, 63 at most"
              spellCheck={false}
              autoCapitalize="off"
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          </label>
          {(namespaces.data?.length ?? 0) > 1 && (
            <label className="block">
              <span className="text-xs text-muted">Namespace</span>
              <select
                className="field mt-1 block"
                value={namespace}
                onChange={(event) => setNamespace(event.target.value)}
              >
                {namespaces.data?.map((one) => (
                  <option key={one}>{one}</option>
                ))}
              </select>
            </label>
          )}
          <fieldset className="flex">
            <legend className="text-xs text-muted">Code</legend>
            <button
              type="button"
              className="button mt-1 -mr-px rounded-r-none!"
              aria-pressed={from !== 'files'}
              onClick={() => setFrom('')}
            >
              Write it here
            </button>
            <button
              type="button"
              className="button mt-1 rounded-l-none!"
              aria-pressed={from === 'files'}
              onClick={() => setFrom('files')}
            >
              File or folder
            </button>
          </fieldset>
          <p role="status" className="min-h-5 basis-full text-muted empty:hidden">
            {exists && `${name} is there: this becomes its next version, with the settings it has.`}
          </p>
        </div>
        {from === 'files' ? (
          <ChosenFiles chosen={chosen} set={setChosen} />
        ) : (
          <WrittenCode written={written} set={setWritten} />
        )}
        <PairRows title="Environment" pairs={env} set={setEnv} />
        <button
          type="submit"
          className="button first"
          disabled={deploy.isPending || code === undefined || code.entry === ''}
        >
          <Rocket size={16} aria-hidden />
          {deploy.isPending ? 'Deploying …' : `Deploy ${name}`}
        </button>
      </form>
      {seen !== undefined && (
        <DeployProgress phase={seen.phase} log={seen.log} error={deploy.error} done={deploy.isSuccess} />
      )}
    </>
  );
}

import { useQuery } from '@tanstack/react-query';
import type { FunctionStatus } from '@wherry/wire/function-status';
import type { QueueLane } from '@wherry/wire/queued-calls';
import { Link } from 'wouter';
import { byWorst, inNamespace, isSilenced, needsLook, useAlerts } from '../../alerts.ts';
import { useSession } from '../../current-session.ts';
import { PageHead } from '../../frame.tsx';
import { useFunctions, useNamespace } from '../../functions.ts';
import { Loaded } from '../../parts/loaded.tsx';
import { ShowCommand } from '../../parts/show-command.tsx';
import { Empty } from '../../parts/states.tsx';
import { When } from '../../parts/when.tsx';
import { functionPath } from '../../paths.ts';
import { count } from '../../words.ts';
import { Attention, ill, type State } from './attention.tsx';
import { Numbers } from './numbers.tsx';
import { Busiest } from './busiest.tsx';

const mostShown = 6;

/** Is everything all right? */
export function OverviewPage() {
  const { client } = useSession();
  const [namespace] = useNamespace();
  const query = useFunctions(namespace);
  const { data: lanes = [] } = useQuery({ queryKey: ['lanes'], queryFn: () => client.listLanes() });
  const { data: alerts } = useAlerts();
  const firing = (alerts?.alerts ?? []).filter(needsLook).filter(inNamespace(namespace)).toSorted(byWorst);
  const silenced = (alerts?.alerts ?? []).filter(isSilenced).filter(inNamespace(namespace)).length;
  const mine = lanes.filter((lane) => namespace === '' || lane.namespace === namespace);
  return (
    <>
      <PageHead title="Overview">
        <ShowCommand
          command="wherry query 'sum(rate(gateway_function_invocation_total[5m])) * 60'"
          path="/api/v1/query?query=sum(rate(gateway_function_invocation_total[5m]))*60"
        />
      </PageHead>
      <Loaded query={query} what="the functions">
        {(functions) =>
          functions.length === 0 ? (
            <div className="space-y-6">
              <NextSteps />
              {(firing.length > 0 || deadIn(mine) > 0) && (
                <Attention functions={functions} lanes={mine} firing={firing} />
              )}
            </div>
          ) : (
            <div className="space-y-6">
              <Sentence functions={functions} lanes={mine} firing={firing} silenced={silenced} />
              <Numbers namespace={namespace} functions={functions} />
              <div className="grid gap-6 lg:grid-cols-3">
                <Attention functions={functions} lanes={mine} firing={firing} />
                <Deploys functions={functions} />
                <Busiest namespace={namespace} />
              </div>
            </div>
          )
        }
      </Loaded>
    </>
  );
}

const deadIn = (lanes: readonly QueueLane[]): number => lanes.reduce((sum, { dead }) => sum + dead, 0);

function Sentence({ functions, lanes, firing, silenced }: State & { readonly silenced: number }) {
  const failing = functions.filter(ill);
  const asleep = functions.filter(({ wherryStatus }) => wherryStatus === 'asleep').length;
  const dead = deadIn(lanes);
  const all = functions.length === 1 ? 'The one function is' : `All ${count(functions.length)} functions are`;
  const names = failing
    .slice(0, 3)
    .map(({ name }) => name)
    .join(', ');
  const more = failing.length > 3 ? ` and ${failing.length - 3} more` : '';
  return (
    <p className="line-clamp-4 text-[16px] break-words text-strong">
      {failing.length > 0 ? (
        <>
          <span className="text-bad">■</span> {names}
          {more} {failing.length === 1 ? 'does' : 'do'} not start.
        </>
      ) : firing.length > 0 ? (
        <>
          <span className="text-bad">■</span> {firing[0]?.summary}.
        </>
      ) : (
        <>
          <span className="text-ok">●</span> {all} healthy{silenced > 0 ? '' : '.'}
        </>
      )}
      {firing.length > 0 &&
        ` ${count(firing.length)} ${firing.length === 1 ? 'alert fires' : 'alerts fire'}.`}
      {silenced > 0 && (
        <>
          {failing.length + firing.length > 0 ? ' ' : ' · '}
          <Link href="/alerts" className="underline">
            {count(silenced)} {silenced === 1 ? 'alert' : 'alerts'} silenced
          </Link>
          {'.'}
        </>
      )}
      {asleep > 0 && ` ${count(asleep)} asleep.`}
      {dead > 0 && ` ${count(dead)} queued ${dead === 1 ? 'call' : 'calls'} failed for good.`}
    </p>
  );
}

function Deploys({ functions }: { functions: readonly FunctionStatus[] }) {
  const latest = functions
    .toSorted((a, b) => ((a.wherryDeployedAt ?? a.createdAt) < (b.wherryDeployedAt ?? b.createdAt) ? 1 : -1))
    .slice(0, mostShown);
  return (
    <section className="min-w-0">
      <h2 className="mb-2">Recent deploys</h2>
      <ul className="panel divide-y divide-line">
        {latest.map((one) => (
          <li key={`${one.name} ${one.namespace}`} className="flex gap-3 px-4 py-2.5">
            <Link
              href={functionPath(one)}
              className="min-w-0 grow truncate font-medium text-strong hover:underline"
            >
              {one.name}
            </Link>
            <span className="text-muted">version {one.wherryVersion}</span>
            <span className="text-muted">
              <When time={one.wherryDeployedAt ?? one.createdAt} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Where there is nothing yet: what to do first. */
function NextSteps() {
  return (
    <div className="space-y-4">
      <Empty title="Nothing is deployed yet" command="npx wherry store deploy figlet">
        This takes a function from the store.{' '}
        <Link href="/store" className="text-accent underline">
          See what there is
        </Link>
      </Empty>
      <Empty title="Or write one" command="npx wherry new hello && npx wherry dev" />
    </div>
  );
}

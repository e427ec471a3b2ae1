import { useQuery } from '@tanstack/react-query';
import type { AlertInfo, AlertList } from '@wherry/wire/alert-lists';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { byWorst, inNamespace, isFiring, needsLook, useAlerts } from '../../alerts.ts';
import { useSession } from '../../current-session.ts';
import { useNamespace } from '../../functions.ts';
import { Loaded } from '../../parts/loaded.tsx';
import { Empty } from '../../parts/states.tsx';
import { Since } from '../../parts/when.tsx';
import { functionPath } from '../../paths.ts';
import { capital, count } from '../../words.ts';
import { AlertCard } from './alert-card.tsx';
import { matchersOf } from './matchers.ts';
import { Rows } from './rows.tsx';
import { SilenceDialog } from './silence-dialog.tsx';

/** Charts that are drawn unasked, and alerts that are shown at all before somebody asks for more. */
const mostCharts = 4;
const mostShown = 20;

/** What fires now, each with what proves it and what to do; then what is about to. */
export function Firing() {
  const [namespace] = useNamespace();
  const [, go] = useLocation();
  const [silencing, setSilencing] = useState<AlertInfo>();
  const [all, setAll] = useState(false);
  const query = useAlerts();
  return (
    <Loaded query={query} what="the alerts">
      {(list) => {
        const mine = list.alerts.filter(inNamespace(namespace));
        const firing = mine.filter(isFiring).toSorted(byWorst);
        const pending = mine.filter((alert) => !isFiring(alert));
        const elsewhere = list.alerts.filter(needsLook).length - firing.filter(needsLook).length;
        const open = (alert: AlertInfo): void => {
          const of = functionOf(alert);
          if (of !== undefined) go(functionPath(of));
        };
        return (
          <div className="space-y-6">
            {!list.working && <Broken problems={list.problems} />}
            {firing.length === 0 ? (
              <Quiet />
            ) : (
              <Rows
                apart
                label="What fires"
                rows={all ? firing : firing.slice(0, mostShown)}
                keyOf={({ id }) => id}
                keys={{ act: setSilencing, open }}
              >
                {(alert, place) => (
                  <AlertCard alert={alert} draws={place < mostCharts} silence={() => setSilencing(alert)} />
                )}
              </Rows>
            )}
            {!all && firing.length > mostShown && (
              <button type="button" className="button" onClick={() => setAll(true)}>
                Show all {count(firing.length)}
              </button>
            )}
            {elsewhere > 0 && (
              <p className="text-muted">
                {count(elsewhere)} more {elsewhere === 1 ? 'fires' : 'fire'} outside the namespace {namespace}
                .
              </p>
            )}
            {pending.length > 0 && <Pending alerts={pending} />}
            {silencing !== undefined && (
              <SilenceDialog
                title={`Silence ${silencing.rule}`}
                matchers={matchersOf(silencing)}
                close={() => setSilencing(undefined)}
              />
            )}
          </div>
        );
      }}
    </Loaded>
  );
}

function functionOf({ name, namespace }: AlertInfo): { name: string; namespace: string } | undefined {
  return name === undefined || namespace === undefined ? undefined : { name, namespace };
}

function Broken({ problems }: Pick<AlertList, 'problems'>) {
  return (
    <section role="alert" className="panel border-l-4 border-l-bad p-4">
      <h2>
        <span aria-hidden className="text-bad">
          ■{' '}
        </span>
        Alerting itself does not work
      </h2>
      {problems.map((problem) => (
        <p key={problem} className="mt-1 break-words">
          {problem}
        </p>
      ))}
      <p className="mt-1 text-strong">
        Next: see{' '}
        <Link href="/gateway/log" className="text-accent underline">
          what the gateway says
        </Link>
        . What is listed here may be of before.
      </p>
    </section>
  );
}

/** Nothing fires; what that is worth depends on what is watched, and on who would be told. */
function Quiet() {
  const { client } = useSession();
  const rules = useQuery({ queryKey: ['alerts', 'rules'], queryFn: () => client.listAlertRules() });
  const channels = useQuery({ queryKey: ['alerts', 'channels'], queryFn: () => client.listChannels() });
  const watching = rules.data?.filter(({ enabled }) => enabled !== false).length;
  const told = channels.data?.filter(({ kind }) => kind !== 'heartbeat');
  return (
    <Empty title="Nothing is firing">
      {watching !== undefined && (
        <>
          <Link href="/alerts/rules" className="text-accent underline">
            {count(watching)} {watching === 1 ? 'rule watches' : 'rules watch'}
          </Link>
          {' over functions, queue and machine.'}
        </>
      )}
      {told !== undefined && (
        <>
          {' '}
          {told.length === 0 ? 'Nobody would be told: ' : 'Who is told: '}
          <Link href="/alerts/channels" className="text-accent underline">
            {told.length === 0 ? 'add a channel' : told.map(({ name }) => name).join(', ')}
          </Link>
          .
        </>
      )}
    </Empty>
  );
}

function Pending({ alerts }: { alerts: readonly AlertInfo[] }) {
  return (
    <section aria-labelledby="pending">
      <h2 id="pending" className="mb-2">
        About to fire
      </h2>
      <ul className="panel divide-y divide-line">
        {alerts.slice(0, mostShown).map(({ id, sentence, valueText, since }) => (
          <li key={id} className="flex flex-wrap gap-x-3 px-4 py-2.5">
            <span className="min-w-0 grow break-words text-strong">{capital(sentence)}</span>
            <span className="text-muted">
              it is {valueText}, <Since time={since} />
            </span>
          </li>
        ))}
      </ul>
      {alerts.length > mostShown && (
        <p className="mt-2 text-muted">and {count(alerts.length - mostShown)} more</p>
      )}
    </section>
  );
}

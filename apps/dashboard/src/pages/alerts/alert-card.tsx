import { useQueryClient } from '@tanstack/react-query';
import type { AlertInfo } from '@wherry/wire/alert-lists';
import { BellOff, Box, LineChart, ScrollText } from 'lucide-react';
import { type ReactNode, useMemo, useState } from 'react';
import { Link } from 'wouter';
import { sinceOf } from '../../alerts.ts';
import { ChartPanel } from '../../charts/chart-panel.tsx';
import { useSession } from '../../current-session.ts';
import { useTell } from '../../parts/notice.tsx';
import { SeverityChip, severityEdge } from '../../parts/severity.tsx';
import { Since } from '../../parts/when.tsx';
import { functionPath } from '../../paths.ts';
import { MessageEnd } from './message-end.tsx';
import { alertChart } from './proof.ts';

/** One alert: what is wrong, since when, what proves it, and what can be done. */
export function AlertCard({
  alert,
  draws,
  silence,
}: {
  alert: AlertInfo;
  /** Whether its chart is there at once. */
  draws: boolean;
  silence: () => void;
}) {
  const { rule, severity, summary, valueText, action, silencedBy, name, namespace, query, line } = alert;
  const quiet = silencedBy.length > 0;
  return (
    <article
      className={`panel border-l-4 p-4 ${quiet ? 'border-l-neutral' : severityEdge(severity)} grid gap-4 ${query === undefined && line === undefined ? '' : 'xl:grid-cols-2'}`}
    >
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <SeverityChip severity={severity} />
          <span className="text-muted">
            <Since time={sinceOf(alert)} />
          </span>
          {quiet && <span className="text-neutral">☾ silenced</span>}
        </p>
        <h2 className="mt-1.5 text-[16px] break-words">{summary}</h2>
        <p className="mt-1 break-words text-muted">
          <Link href={`/alerts/rules?rule=${encodeURIComponent(rule)}`} className="hover:underline">
            {rule}
          </Link>
          {`: it is ${valueText} now`}
        </p>
        {!quiet && <Told of={alert} />}
        {action !== '' && (
          <p className="mt-3 break-words">
            <span className="font-medium text-strong">What to do: </span>
            {action}
          </p>
        )}
        <p className="mt-4 flex flex-wrap gap-2">
          {name !== undefined && namespace !== undefined && (
            <>
              <Way to={functionPath({ name, namespace })} Icon={Box}>
                {name}
                <span className="text-muted">in {namespace}</span>
              </Way>
              <Way to={functionPath({ name, namespace }, 'logs')} Icon={ScrollText}>
                Logs
              </Way>
            </>
          )}
          {quiet ? (
            <Unsilence ids={silencedBy} rule={rule} />
          ) : (
            <button type="button" className="button" onClick={silence}>
              <BellOff size={16} aria-hidden /> Silence<span className="sr-only"> {rule}</span>
            </button>
          )}
        </p>
      </div>
      {query !== undefined && <Proof alert={{ ...alert, query }} draws={draws} />}
      {line !== undefined && (
        <figure className="min-w-0">
          <figcaption className="mb-1 text-xs text-muted">The last line that matched</figcaption>
          <pre
            className="max-h-40 overflow-auto rounded-md bg-surface-2 p-3 font-mono text-[13px] break-all whitespace-pre-wrap text-strong"
            tabIndex={0}
          >
            {line}
          </pre>
        </figure>
      )}
    </article>
  );
}

/** Who was told, channel by channel; or why nobody is. */
function Told({ of: { deliveries, nobody, told } }: { of: AlertInfo }) {
  return (
    <ul className="mt-1">
      {nobody !== undefined && (
        <li className="text-bad">
          <span aria-hidden>■</span> Nobody is told: {nobody}.{' '}
          <Link href="/alerts/channels" className="text-accent underline">
            Channels
          </Link>
        </li>
      )}
      {deliveries.map(({ channel, delivery, ...end }) => (
        <li key={channel} className="break-words">
          <span className="font-medium text-strong">{channel}</span>{' '}
          <MessageEnd of={end} delivery={delivery} />
        </li>
      ))}
      {nobody === undefined && deliveries.length === 0 && (
        <li className="text-muted">{told ? 'Somebody was told.' : 'Nobody was told yet.'}</li>
      )}
    </ul>
  );
}

/** The numbers that the rule looks at, of this alert alone, with the line beyond which it fires. */
function Proof({ alert, draws }: { alert: AlertInfo & { readonly query: string }; draws: boolean }) {
  const [open, setOpen] = useState(draws);
  const { query, sentence, is, threshold, unit } = alert;
  const labels = JSON.stringify(alert.series);
  const spec = useMemo(() => alertChart(alert), [query, sentence, is, threshold, unit, labels]);
  if (open) return <ChartPanel spec={spec} height={150} />;
  return (
    <p className="self-center">
      <button type="button" className="button" onClick={() => setOpen(true)}>
        <LineChart size={16} aria-hidden /> Show what proves it
      </button>
    </p>
  );
}

function Way({ to, Icon, children }: { to: string; Icon: typeof Box; children: ReactNode }) {
  return (
    <Link href={to} className="button max-w-full min-w-0">
      <Icon size={16} aria-hidden className="shrink-0" />
      <span className="flex min-w-0 gap-1.5 truncate">{children}</span>
    </Link>
  );
}

function Unsilence({ ids, rule }: { ids: readonly string[]; rule: string }) {
  const { client } = useSession();
  const queries = useQueryClient();
  const tell = useTell();
  const end = (): void =>
    void Promise.all(ids.map((id) => client.deleteSilence(id)))
      .then(
        () => `${rule} is told of again.`,
        (error: Error) => `It failed: ${error.message}`,
      )
      .then((said) => {
        tell(said);
        return queries.invalidateQueries({ queryKey: ['alerts'] });
      });
  return (
    <button type="button" className="button" onClick={end}>
      End the silence
    </button>
  );
}

import type { ReportDetail } from '@wherry/wire/reports';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { When } from '../../parts/when.tsx';
import { functionPath } from '../../paths.ts';
import { compact, count, duration } from '../../words.ts';
import { FigureTable } from './figure-table.tsx';
import { amount, changeText, reportTitle } from './period-words.ts';

/** A report from its numbers: names in it are text, whatever they say. */
export function ReportView({ report, children }: { report: ReportDetail; children?: ReactNode }) {
  const { figures, every, zone, namespace, madeAt } = report;
  const { functions, functionCount, failures, deploys, deployCount, security, gaps } = figures;
  const moment = (at: string): string =>
    new Date(at).toLocaleString('en-GB', {
      ...{ timeZone: zone, day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' },
    });
  const changes = (all: typeof deploys) =>
    all.map(({ at, who, what, on }): readonly ReactNode[] => [moment(at), who, what, on]);
  return (
    <article className="max-w-5xl space-y-4">
      <header className="space-y-1">
        <h2 className="text-[20px]! break-words">{reportTitle(report)}</h2>
        <p className="text-muted">
          {namespace === undefined ? 'Everything' : `Namespace ${namespace}`}, in {zone}, beside the {every}{' '}
          before; made <When time={madeAt} />
        </p>
        {children}
      </header>
      {gaps.map((gap) => (
        <p key={gap} className="panel border-l-4 border-l-warn p-3">
          <span className="text-warn">▲ Missing:</span> {gap}
        </p>
      ))}
      <Totals figures={figures} every={every} />
      <FigureTable
        title="Functions with the most calls"
        heads={['Function', 'Calls', 'Change', 'Errors', '95 % within', 'Cold', 'GB-seconds']}
        numbers
        rows={functions.map((one) => [
          <Name key="name" of={one} />,
          count(Math.round(one.calls)),
          changeText(one.calls, one.callsBefore),
          count(Math.round(one.errors)),
          one.p95 === undefined ? '–' : duration(one.p95 * 1000),
          count(Math.round(one.cold)),
          amount(one.gbSeconds),
        ])}
        {...(functionCount > functions.length
          ? { note: `${count(functionCount - functions.length)} more were called` }
          : {})}
      />
      <FigureTable
        title="Most failures"
        heads={['Function', 'Status', 'Calls', 'Before']}
        numbers
        rows={failures.map((one) => [
          <Name key="name" of={one} />,
          String(one.status),
          count(Math.round(one.calls)),
          count(Math.round(one.callsBefore)),
        ])}
      />
      <FigureTable
        title="Deployed and changed"
        heads={['When', 'Who', 'What', 'On']}
        rows={changes(deploys)}
        {...(deployCount > deploys.length
          ? { note: `${count(deployCount - deploys.length)} more, in the audit log` }
          : {})}
      />
      {security !== undefined && (
        <>
          <FigureTable
            title="Refused"
            heads={['Why', 'Who', 'Times']}
            rows={security.refusals.map(({ error, who, count: times }) => [error, who, count(times)])}
          />
          <FigureTable
            title="Tokens, keys and what was taken along"
            heads={['When', 'Who', 'What', 'On']}
            rows={changes(security.changes)}
            {...(security.changeCount > security.changes.length
              ? { note: `${count(security.changeCount - security.changes.length)} more, in the audit log` }
              : {})}
          />
        </>
      )}
    </article>
  );
}

function Name({ of }: { of: { readonly name: string; readonly namespace: string } }) {
  return (
    <Link href={functionPath(of)} className="font-medium text-strong hover:underline" title={of.namespace}>
      {of.name}
    </Link>
  );
}

function Totals({ figures: { totals, before }, every }: Pick<ReportDetail, 'figures' | 'every'>) {
  const share = ({ calls, errors }: typeof totals): number | undefined =>
    calls === 0 ? undefined : errors / calls;
  const seconds = (value: number): string => duration(value * 1000);
  const tiles: readonly Tile[] = [
    { name: 'Calls', now: totals.calls, was: before.calls, say: compact },
    {
      name: 'Errors of all calls',
      now: share(totals),
      was: share(before),
      say: (of) => `${compact(of * 100)} %`,
      worse: true,
    },
    { name: '95 % took less than', now: totals.p95, was: before.p95, say: seconds, worse: true },
    { name: 'Cold starts', now: totals.cold, was: before.cold, say: compact, worse: true },
    { name: 'GB-seconds', now: totals.gbSeconds, was: before.gbSeconds, say: amount },
    { name: 'Processor time', now: totals.cpuSeconds, was: before.cpuSeconds, say: seconds },
  ];
  return (
    <ul className="grid grid-cols-6 gap-3 max-xl:grid-cols-3 max-md:grid-cols-2">
      {tiles.map((tile) => (
        <Total key={tile.name} tile={tile} every={every} />
      ))}
    </ul>
  );
}

interface Tile {
  readonly name: string;
  readonly now: number | undefined;
  readonly was: number | undefined;
  readonly say: (value: number) => string;
  /** Whether more of it is worse. */
  readonly worse?: boolean;
}

function Total({ tile: { name, now, was, say, worse = false }, every }: { tile: Tile; every: string }) {
  const change = was === undefined || was === 0 ? '' : changeText(now, was);
  const bad = worse && change.startsWith('+');
  return (
    <li className="panel p-3.5">
      <p className="text-xs text-muted">{name}</p>
      <p className="mt-1 text-[20px] font-semibold text-strong">{now === undefined ? '–' : say(now)}</p>
      <p className="mt-0.5 text-xs text-muted">
        {change !== '' && (
          <span className={`font-medium ${bad ? 'text-warn' : 'text-normal'}`}>
            {bad && <span aria-hidden>▲ </span>}
            {change}
          </span>
        )}
        {change !== '' && ' from '}
        {was === undefined || was === 0 ? 'none' : say(was)} the {every} before
      </p>
    </li>
  );
}

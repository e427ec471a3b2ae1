import { useQuery } from '@tanstack/react-query';
import type { AlertRuleInfo } from '@wherry/wire/alert-rules';
import { useMemo, useState } from 'react';
import { Link } from 'wouter';
import { ChartPanel } from '../../charts/chart-panel.tsx';
import { useSession } from '../../current-session.ts';
import { Facts } from '../../parts/facts.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { useTell } from '../../parts/notice.tsx';
import { SidePanel } from '../../parts/side-panel.tsx';
import { Delivery } from './delivery.tsx';
import { proofChart } from './proof.ts';
import { comparisons } from './rule-fields.tsx';
import { asSentence, type RuleAsked, RuleState } from './rule-state.tsx';
import { Trials } from './trials.tsx';

/** Everything about one rule: what it looks at, what that is now, who hears of it. */
export function RulePanel({
  rule,
  ask,
  close,
}: {
  rule: AlertRuleInfo;
  ask: (asked: RuleAsked) => void;
  close: () => void;
}) {
  const { client } = useSession();
  const tell = useTell();
  const [tried, setTried] = useState(false);
  const [sent, setSent] = useState<readonly string[]>([]);
  const trial = useQuery({
    // Of no use once the rule is gone, so that no change of rules asks for it again.
    queryKey: ['alert trial', rule.name],
    queryFn: () => client.tryAlertRule(rule.name),
    enabled: tried,
  });
  const { name, preset, query, logs, is, threshold, unit } = rule;
  const spec = useMemo(
    () =>
      query === undefined
        ? undefined
        : proofChart({
            ...{ title: 'What it looks at', query },
            ...(is === undefined ? {} : { is }),
            ...(threshold === undefined ? {} : { threshold }),
            ...(unit === undefined ? {} : { unit }),
          }),
    [query, is, threshold, unit],
  );
  const send = (): void =>
    void client.fireAlertRule(name).then(
      ({ deliveries }) => {
        setSent(deliveries);
        if (deliveries.length === 0) tell('No channel hears of it: add one.');
      },
      (error: Error) => tell(`It failed: ${error.message}`),
    );
  return (
    <SidePanel title={asSentence(rule)} close={close}>
      <div className="space-y-5">
        <p className="flex flex-wrap gap-2">
          <button type="button" className="button first" onClick={() => ask({ how: 'change', of: rule })}>
            Change
          </button>
          <button
            type="button"
            className="button"
            onClick={() => (tried ? void trial.refetch() : setTried(true))}
          >
            Try it now
          </button>
          <button type="button" className="button" onClick={send}>
            Send a test
          </button>
          <button type="button" className="button bad" onClick={() => ask({ how: 'remove', of: rule })}>
            {preset ? 'As it came' : 'Remove'}
          </button>
        </p>
        {sent.map((id) => (
          <Delivery key={id} id={id} />
        ))}
        {tried && (
          <Loaded query={trial} what="what it gives now">
            {(trials) => <Trials of={trials} />}
          </Loaded>
        )}
        {spec !== undefined && <ChartPanel spec={spec} height={140} />}
        <Facts of={factsOf(rule)} />
        <p>
          <Link href={`/alerts/history?rule=${encodeURIComponent(name)}`} className="text-accent underline">
            What happened with it
          </Link>
        </p>
        {query !== undefined && <Code title="Query" text={query} />}
        {logs !== undefined && <Code title="Pattern" text={logs.pattern} />}
      </div>
    </SidePanel>
  );
}

function factsOf(rule: AlertRuleInfo): Parameters<typeof Facts>[0]['of'] {
  const { name, preset, logs, is, threshold, clear, keepFiring = '0s', labels = {} } = rule;
  const { for: held = '0s' } = rule;
  const compared = comparisons.find(([id]) => id === is)?.[1] ?? '';
  const { severity, channels = [], summary = '', action = '' } = rule;
  const texts = [
    ['Rule', `${name}${preset ? ', came with Wherry' : ''}`],
    ['Fires when', logs === undefined ? `it ${compared}${is === 'present' ? '' : ` ${threshold}`}` : ''],
    [
      'Lines of',
      logs === undefined
        ? ''
        : `${logs.functions ?? '*'}${logs.level === undefined ? '' : `, ${logs.level} or worse`}; ${logs.count ?? 1} within ${logs.within}`,
    ],
    ['Held for', held === '0s' ? '' : held],
    ['Over at', clear === undefined ? '' : String(clear)],
    ['Goes on for', keepFiring === '0s' ? '' : keepFiring],
    ['Severity', severity ?? ''],
    [
      'Labels',
      Object.entries(labels)
        .map(([label, value]) => `${label}=${value}`)
        .join(', '),
    ],
    ['Told to', channels.length === 0 ? 'every channel that takes it' : channels.join(', ')],
    ['Says', summary],
    ['What to do', action],
  ] as const;
  const shown = texts.filter(([, text]) => text !== '');
  return [['State', <RuleState rule={rule} key="state" />], ...shown];
}

const Code = ({ title, text }: { title: string; text: string }) => (
  <section>
    <h3 className="mb-1 text-xs text-muted">{title}</h3>
    <pre className="rounded-md bg-surface-2 p-3 font-mono text-[13px] break-all whitespace-pre-wrap text-strong">
      {text}
    </pre>
  </section>
);

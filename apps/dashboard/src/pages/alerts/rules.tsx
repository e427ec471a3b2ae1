import { useQuery } from '@tanstack/react-query';
import type { AlertRuleInfo } from '@wherry/wire/alert-rules';
import { type ReactNode, useState } from 'react';
import { useSession } from '../../current-session.ts';
import { useKeys } from '../../keys.ts';
import { Loaded } from '../../parts/loaded.tsx';
import { SeverityChip } from '../../parts/severity.tsx';
import { CommandLine } from '../../parts/states.tsx';
import { useQueryText } from '../../query-text.ts';
import { Rows } from './rows.tsx';
import { RuleDialog } from './rule-dialog.tsx';
import { RulePanel } from './rule-panel.tsx';
import { asSentence, type RuleAsked, RuleState } from './rule-state.tsx';
import { RuleRemoval } from './rule-removal.tsx';
import { RuleSwitch } from './rule-switch.tsx';

/** What is watched, each rule as a sentence; those of one's own first. */
export function Rules() {
  const { client } = useSession();
  const [open, setOpen] = useQueryText('rule');
  const [asked, setAsked] = useState<RuleAsked>();
  const query = useQuery({ queryKey: ['alerts', 'rules'], queryFn: () => client.listAlertRules() });
  const add = (): void => setAsked({ how: 'add' });
  const shut = (): void => setAsked(undefined);
  useKeys({ make: add });
  return (
    <>
      <p className="mb-3">
        <button type="button" className="button first" onClick={add}>
          Add a rule
        </button>
      </p>
      <Loaded query={query} what="the rules">
        {(all) => {
          const current = all.find(({ name }) => name === open);
          return (
            <>
              <RuleList
                rules={[...all.filter(({ preset }) => !preset), ...all.filter(({ preset }) => preset)]}
                open={({ name }) => setOpen(name)}
                ask={setAsked}
              />
              {current !== undefined && <RulePanel rule={current} ask={setAsked} close={() => setOpen('')} />}
            </>
          );
        }}
      </Loaded>
      {asked?.how === 'add' && <RuleDialog close={shut} />}
      {asked?.how === 'change' && <RuleDialog before={asked.of} close={shut} />}
      {asked?.how === 'remove' && <RuleRemoval rule={asked.of} gone={() => setOpen('')} close={shut} />}
    </>
  );
}

function RuleList({
  rules,
  open,
  ask,
}: {
  rules: readonly AlertRuleInfo[];
  open: (rule: AlertRuleInfo) => void;
  ask: (asked: RuleAsked) => void;
}) {
  const own = rules.filter(({ preset }) => !preset).length;
  return (
    <>
      {own === 0 && (
        <div className="mb-4 text-muted">
          No rule of your own yet: on any number that is measured, or on lines of logs. The same in a
          terminal:
          <CommandLine
            text={`npx wherry alerts rule add lost-orders --log 'order \\d+ lost' --functions shop`}
          />
        </div>
      )}
      <Rows
        label="Rules"
        rows={rules}
        keyOf={({ name }) => name}
        keys={{
          open,
          act: (of) => ask({ how: 'change', of }),
          remove: (of) => ask({ how: 'remove', of }),
        }}
      >
        {(rule, place) => (
          <>
            {place === 0 && own > 0 && <Heading>Your own</Heading>}
            {place === own && <Heading>Came with Wherry</Heading>}
            <div className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
              <span className="w-24">
                <RuleState rule={rule} />
              </span>
              <div className="min-w-0 grow basis-64">
                <button type="button" className="text-left hover:underline" onClick={() => open(rule)}>
                  <span className="font-medium break-words text-strong">{asSentence(rule)}</span>
                </button>
                <p className="flex flex-wrap gap-x-3 text-muted">
                  <span className="font-mono text-[13px]">{rule.name}</span>
                  <SeverityChip severity={rule.severity} />
                  {(rule.channels ?? []).length > 0 && <span>told to {rule.channels?.join(', ')}</span>}
                </p>
                {rule.problem !== undefined && (
                  <p className="break-words text-bad">
                    <span aria-hidden>■ </span>
                    {rule.problem}
                  </p>
                )}
              </div>
              <span className="flex items-center gap-3">
                <RuleSwitch rule={rule} />
                <button
                  type="button"
                  className="button small"
                  onClick={() => ask({ how: 'change', of: rule })}
                >
                  Change<span className="sr-only"> {rule.name}</span>
                </button>
              </span>
            </div>
          </>
        )}
      </Rows>
    </>
  );
}

const Heading = ({ children }: { children: ReactNode }) => (
  <h2 className="border-b border-line bg-surface-2 px-4 py-1.5 text-xs text-muted">{children}</h2>
);

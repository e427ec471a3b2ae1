import { useQueryClient } from '@tanstack/react-query';
import { type AlertRuleInfo, ruleRequest } from '@wherry/wire/alert-rules';
import { useSession } from '../../current-session.ts';
import { useTell } from '../../parts/notice.tsx';

/** Whether a rule is looked at. */
export function RuleSwitch({ rule }: { rule: AlertRuleInfo }) {
  const { client } = useSession();
  const queries = useQueryClient();
  const tell = useTell();
  const { name, preset, enabled = true } = rule;
  const turn = (): void =>
    void client
      // Of those that came along what is named is changed; one's own are put whole.
      .putAlertRule(name, { ...(preset ? {} : ruleRequest(rule)), enabled: !enabled })
      .then(
        () => `${name} is ${enabled ? 'looked at no more' : 'looked at again'}.`,
        (error: Error) => `It failed: ${error.message}`,
      )
      .then((said) => {
        tell(said);
        return queries.invalidateQueries({ queryKey: ['alerts'] });
      });
  return (
    <button
      type="button"
      role="switch"
      aria-checked={enabled}
      aria-label={`Look at ${name}`}
      className={`flex h-6 w-10 shrink-0 items-center rounded-full border p-0.5 ${enabled ? 'justify-end border-accent bg-accent' : 'border-line-strong bg-surface-2'}`}
      onClick={turn}
    >
      <span className={`size-4 rounded-full ${enabled ? 'bg-on-accent' : 'bg-line-strong'}`} />
    </button>
  );
}

import { useQueryClient } from '@tanstack/react-query';
import type { AlertRuleInfo } from '@wherry/wire/alert-rules';
import { useSession } from '../../current-session.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { useTell } from '../../parts/notice.tsx';

/** Removes a rule of one's own, or makes one that came along as it came. */
export function RuleRemoval({
  rule: { name, preset },
  gone,
  close,
}: {
  rule: AlertRuleInfo;
  /** It is not there any more. */
  gone: () => void;
  close: () => void;
}) {
  const { client } = useSession();
  const queries = useQueryClient();
  const tell = useTell();
  return (
    <Confirm
      title={preset ? `${name} as it came?` : `Remove ${name}?`}
      verb={preset ? 'As it came' : `Remove ${name}`}
      bad
      act={async () => {
        await client.deleteAlertRule(name);
        if (!preset) gone();
        await queries.invalidateQueries({ queryKey: ['alerts'] });
        tell(preset ? `${name} is as it came.` : `Removed ${name}.`);
      }}
      close={close}
    >
      <p>
        {preset
          ? 'It came with Wherry, so it can’t be removed; what was changed about it is undone. To hear nothing of it, switch it off.'
          : 'What of it fires is over then, and whoever was told hears that.'}
      </p>
    </Confirm>
  );
}

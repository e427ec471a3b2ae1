import type { AlertTrial } from '@wherry/wire/alert-rules';
import { count } from '../../words.ts';

const mostShown = 10;

/** What a rule gives now, what would fire first. */
export function Trials({ of }: { of: readonly AlertTrial[] }) {
  const held = of.filter(({ holds }) => holds);
  const shown = [...held, ...of.filter(({ holds }) => !holds)].slice(0, mostShown);
  return (
    <section aria-label="What it gives now" role="status">
      <p className="text-strong">
        {of.length === 0
          ? 'It gives nothing now: no series, no matching line.'
          : `Its condition holds for ${count(held.length)} of ${count(of.length)} now.`}
      </p>
      <ul className="mt-1 space-y-1">
        {shown.map(({ labels, value, valueText, holds, summary }) => (
          <li key={JSON.stringify(labels)} className="flex gap-2">
            <span className={holds ? 'text-bad' : 'text-ok'}>
              <span aria-hidden>{holds ? '■' : '●'}</span>
              <span className="sr-only">{holds ? 'holds' : 'does not hold'}</span>
            </span>
            <span className="min-w-0 grow break-words">{summary}</span>
            <span className="text-muted">{value === null ? 'none' : valueText}</span>
          </li>
        ))}
      </ul>
      {of.length > mostShown && <p className="text-muted">and {count(of.length - mostShown)} more</p>}
    </section>
  );
}

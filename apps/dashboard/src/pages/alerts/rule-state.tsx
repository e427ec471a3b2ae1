import type { AlertRuleInfo } from '@wherry/wire/alert-rules';
import { capital, count } from '../../words.ts';

/** What somebody wants to do to rules. */
export type RuleAsked =
  | { readonly how: 'add' }
  | { readonly how: 'change' | 'remove'; readonly of: AlertRuleInfo };

/** A rule as a sentence of its own; what begins with code stays as it is. */
export function asSentence({ sentence, query, subject }: AlertRuleInfo): string {
  return query !== undefined && query === subject ? sentence : capital(sentence);
}

export function RuleState({ rule: { enabled, problem, firing, pending } }: { rule: AlertRuleInfo }) {
  const [tone, shape, word] =
    enabled === false
      ? ['text-neutral', '○', 'Off']
      : problem !== undefined
        ? ['text-bad', '■', 'Failing']
        : firing > 0
          ? ['text-bad', '■', `${count(firing)} firing`]
          : pending > 0
            ? ['text-warn', '▲', `${count(pending)} pending`]
            : ['text-ok', '●', 'Quiet'];
  return (
    <span className={`whitespace-nowrap ${tone}`}>
      <span aria-hidden>{shape}</span> {word}
    </span>
  );
}

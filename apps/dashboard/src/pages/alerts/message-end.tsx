import type { AlertDelivery } from '@wherry/wire/alert-lists';
import { Link } from 'wouter';
import { count } from '../../words.ts';
import { plain } from '../logs/log-text.ts';

type Ended = Pick<AlertDelivery, 'state' | 'attempts' | 'says'>;

/** What became of a message, in words that follow the name of its channel. */
export function MessageEnd({ of, delivery }: { of: Ended; delivery?: string }) {
  const [tone, shape, words] = endOf(of);
  return (
    <span className={tone}>
      <span aria-hidden>{shape}</span> {words}
      {delivery !== undefined && of.state !== 'unknown' && of.state !== 'sent' && (
        <>
          {' '}
          <Link href={`/queue/calls?call=${encodeURIComponent(delivery)}`} className="text-accent underline">
            Its attempts
          </Link>
        </>
      )}
    </span>
  );
}

export function endOf({
  state,
  attempts = 0,
  says,
}: Ended): readonly [tone: string, shape: string, words: string] {
  const why = says === undefined ? '' : `: ${plain(says)}`;
  if (state === 'sent') return ['text-ok', '●', 'was told'];
  if (state === 'failed') return ['text-bad', '■', `was not told, the message was given up${why}`];
  if (state === 'unknown') return ['text-muted', '○', 'what became of the message is too long ago'];
  if (says === undefined) return ['text-info', '◐', 'the message is under way'];
  return [
    'text-bad',
    '▲',
    `is not told yet, ${count(attempts)} ${attempts === 1 ? 'try' : 'tries'} failed${why}`,
  ];
}

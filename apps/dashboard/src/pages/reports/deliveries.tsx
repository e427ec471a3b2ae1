import type { ReportInfo } from '@wherry/wire/reports';
import { Link } from 'wouter';
import { When } from '../../parts/when.tsx';

type Delivery = NonNullable<ReportInfo['deliveries']>[number];

const looks: Readonly<Record<Delivery['state'], readonly [string, string, string]>> = {
  due: ['text-neutral', '○', 'due'],
  queued: ['text-info', '◐', 'on its way'],
  sent: ['text-ok', '●', 'sent'],
  failed: ['text-bad', '■', 'failed'],
};

/** To whom it went, and what became of it. */
export function Deliveries({ of, long = false }: { of: readonly Delivery[]; long?: boolean }) {
  return (
    <ul className={long ? 'flex flex-wrap gap-x-5 gap-y-1.5' : 'flex gap-3'}>
      {of.map(({ channel, state, at, cause, delivery }) => {
        const [tone, shape, word] = looks[state];
        return (
          <li key={channel} className="min-w-0 truncate" title={cause}>
            <span className={tone} aria-hidden>
              {shape}{' '}
            </span>
            <span className="text-strong">{short(channel)}</span>{' '}
            {delivery === undefined ? (
              <span className={tone}>{word}</span>
            ) : (
              <Link
                href={`/queue/calls?call=${encodeURIComponent(delivery)}`}
                className={`underline decoration-dotted underline-offset-2 ${tone}`}
                title="In the queue"
              >
                {word}
              </Link>
            )}
            {long && at !== undefined && (
              <>
                {' '}
                <span className="text-muted">
                  <When time={at} />
                </span>
              </>
            )}
            {cause !== undefined && <span className="text-muted">: {cause}</span>}
          </li>
        );
      })}
    </ul>
  );
}

const worstFirst = ['failed', 'due', 'queued', 'sent'] as const;

/** Where there is room for one word: how the least lucky of them went. */
export function WorstDelivery({ of }: { of: readonly Delivery[] }) {
  const worst = worstFirst.find((state) => of.some((one) => one.state === state)) ?? 'due';
  const [tone, shape, word] = looks[worst];
  return (
    <span className={tone}>
      <span aria-hidden>{shape} </span>
      {word}
    </span>
  );
}

/** The path of an address is often its key. */
export function short(channel: string): string {
  const url = channel.replace(/^webhook:/, '');
  return url === channel || !URL.canParse(url) ? channel : new URL(url).host;
}

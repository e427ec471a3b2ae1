import type { ChannelDelivery, ChannelInfo } from '@wherry/wire/alert-channels';
import { Link } from 'wouter';
import { When } from '../../parts/when.tsx';
import { count } from '../../words.ts';
import { MessageEnd } from './message-end.tsx';

/** What becomes of messages that have nowhere to go any more. */
export function Waiting({
  of: { delivery: { waiting, dead } = { waiting: 0, dead: 0 } },
}: {
  of: ChannelInfo;
}) {
  const all = waiting + dead;
  if (all === 0) return null;
  return (
    <p className="mt-2">
      {count(all)} {all === 1 ? 'message that it has' : 'messages that it has'} not taken{' '}
      {all === 1 ? 'is' : 'are'} discarded with it.
    </p>
  );
}

/** How the last message went, and what is left of others. */
export function News({ of: { waiting, dead, last }, name }: { of: ChannelDelivery; name: string }) {
  const lane = encodeURIComponent(`channel ${name}`);
  return (
    <p className="mt-1 break-words text-muted">
      {last === undefined ? (
        'No message yet'
      ) : (
        <>
          <When time={last.at} /> it <MessageEnd of={last} />
        </>
      )}
      {waiting > 0 && (
        <>
          {' · '}
          <Link href={`/queue/calls?state=waiting&lane=${lane}`} className="underline">
            {count(waiting)} {waiting === 1 ? 'waits' : 'wait'}
          </Link>
        </>
      )}
      {dead > 0 && (
        <>
          {' · '}
          <Link href={`/queue/calls?state=dead&lane=${lane}`} className="text-bad underline">
            {count(dead)} {dead === 1 ? 'was' : 'were'} given up
          </Link>
        </>
      )}
    </p>
  );
}

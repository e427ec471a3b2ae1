import { useNow } from '../now.ts';
import { ago, lasting, until } from '../words.ts';

/** A time as people say it; exactly, and with its zone, on hover and to machines. */
export function When({ time }: { time: string }) {
  const now = useNow();
  return (
    <time dateTime={time} title={new Date(time).toString()} className="whitespace-nowrap">
      {ago(time, now)}
    </time>
  );
}

/** How long something goes on already; since when exactly is on hover and for machines. */
export function Since({ time }: { time: string }) {
  const now = useNow();
  return (
    <time dateTime={time} title={`since ${new Date(time).toString()}`} className="whitespace-nowrap">
      {lasting(time, now)}
    </time>
  );
}

/** How long until something comes. */
export function Until({ time }: { time: string }) {
  const now = useNow();
  return (
    <time dateTime={time} title={new Date(time).toString()} className="whitespace-nowrap">
      {until(time, now)}
    </time>
  );
}

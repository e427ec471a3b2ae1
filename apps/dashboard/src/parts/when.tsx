import { useNow } from '../now.ts';
import { ago } from '../words.ts';

/** A time as people say it; exactly, and with its zone, on hover and to machines. */
export function When({ time }: { time: string }) {
  const now = useNow();
  return (
    <time dateTime={time} title={new Date(time).toString()} className="whitespace-nowrap">
      {ago(time, now)}
    </time>
  );
}

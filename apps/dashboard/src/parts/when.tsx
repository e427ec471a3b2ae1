import { ago } from '../words.ts';

/** A time as people say it; exactly, and with its zone, on hover and to machines. */
export function When({ time }: { time: string }) {
  return (
    <time dateTime={time} title={new Date(time).toString()} className="whitespace-nowrap">
      {ago(time)}
    </time>
  );
}

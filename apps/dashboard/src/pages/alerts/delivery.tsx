import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { useSession } from '../../current-session.ts';
import { plain } from '../logs/log-text.ts';

const againMs = 1_000;
const over: ReadonlySet<string> = new Set(['done', 'dead', 'cancelled']);

/** What becomes of a message that was just sent, until it arrived or was given up. */
export function Delivery({ id }: { id: string }) {
  const { client } = useSession();
  const { data: found, error } = useQuery({
    queryKey: ['queued', 'one', id],
    queryFn: () => client.readCall(id),
    refetchInterval: ({ state }) => (over.has(state.data?.call?.state ?? '') ? false : againMs),
  });
  const data = found?.call;
  const cause = data?.last === undefined ? '' : plain(data.last.cause);
  const [tone, shape, words] =
    error !== null
      ? ['text-warn', '▲', `What became of the test is not known: ${error.message}`]
      : data?.state === 'done'
        ? ['text-ok', '●', 'The test arrived.']
        : data?.state === 'dead' || data?.state === 'cancelled'
          ? ['text-bad', '■', `The test was given up: ${data.reason ?? cause}`]
          : cause !== ''
            ? ['text-warn', '▲', `The test did not arrive yet and is tried again: ${cause}`]
            : ['text-info', '◐', 'The test is under way.'];
  return (
    <p role="status" className={`mt-1 break-words ${tone}`}>
      <span aria-hidden>{shape}</span> {words}{' '}
      <Link href={`/queue/calls?call=${id}`} className="text-accent underline">
        Its attempts
      </Link>
    </p>
  );
}

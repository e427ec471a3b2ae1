import type { CallOutcome } from '@wherry/wire/queued-calls';
import type { Context } from '../context.ts';

const lookMs = 250;

/** What became of a call; with `wait`, once it is over. */
export async function outcomeOf(context: Context, id: string, wait: boolean): Promise<CallOutcome> {
  const { client } = await context.connect();
  const progress = context.output.progress(wait ? 'Waiting for the answer' : 'Reading');
  try {
    for (;;) {
      const outcome = await client.readCall(id);
      const { state } = outcome.call ?? { state: 'done' };
      if (!wait || (state !== 'waiting' && state !== 'running')) return outcome;
      await new Promise((resolve) => setTimeout(resolve, lookMs));
      context.signal.throwIfAborted();
    }
  } finally {
    progress.stop();
  }
}

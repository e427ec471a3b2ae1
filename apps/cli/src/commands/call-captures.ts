import { type Command, dryRunOption, targetOptions } from '../command.ts';
import type { Context } from '../context.ts';
import { usageError } from '../failures.ts';
import { capturedInFull, messageLines } from '../output/captured-call.ts';
import { callInFull } from '../output/call-in-full.ts';
import { escapeLine } from '../output/escape.ts';
import { queuedInFull } from '../output/queued-call.ts';

const id = { name: '<ID>', says: 'the call’s id, or the one its caller sent' };

export const show: Command = {
  name: 'show',
  summary: 'Show one call; with --body also what was sent and what came back.',
  arguments: [id],
  options: [
    { flags: '--body', says: 'headers and bodies, where its function has them kept (com.wherry.capture)' },
    ...targetOptions,
  ],
  examples: [
    ['calls show 0190f0c2-…', 'where its time went'],
    ['calls show 0190f0c2-… --body', 'what was sent, and what came back'],
  ],
  exits: [3, 4, 5],
  async run(context) {
    const { options, output } = context;
    const wanted = idIn(context);
    const outcome = await context.ask('Reading the call', (client) => client.readCall(wanted));
    const own = outcome.call?.id ?? outcome.attempts[0]?.id ?? wanted;
    if (options.flag('body')) {
      const captured = await context.ask('Reading what is kept', (client) => client.readCapture(own));
      return output.result(captured, () => capturedInFull(captured));
    }
    await output.result(outcome, () =>
      outcome.call === undefined
        ? outcome.attempts.map(callInFull).join('\n\n')
        : queuedInFull(outcome.call, outcome.attempts),
    );
    if (outcome.attempts.some(({ captured }) => captured === true))
      output.note(`With what was sent: wherry calls show ${own} --body. Again: wherry calls replay ${own}`);
  },
};

export const replay: Command = {
  name: 'replay',
  summary: 'Make a call again whose bodies are kept: a new call, that says which it repeats.',
  details: 'Credentials are never kept, so they are not sent again; the call is made in your name.',
  arguments: [id],
  options: [
    { flags: '--to <VERSION>', says: 'to this version or alias, rather than who takes calls now' },
    { flags: '--async', says: 'put it into the queue' },
    dryRunOption,
    ...targetOptions,
  ],
  examples: [
    ['calls replay 0190f0c2-…', 'the same request, and its answer'],
    ['calls replay 0190f0c2-… --to 3', 'to another version'],
  ],
  exits: [3, 4, 5, 8],
  async run(context) {
    const { options, output } = context;
    const wanted = idIn(context);
    const version = options.text('to');
    const { call, attempts } = await context.ask('Reading the call', (client) => client.readCall(wanted));
    const own = call?.id ?? attempts[0]?.id ?? wanted;
    if (options.flag('dryRun')) {
      const kept = await context.ask('Reading what is kept', (client) => client.readCapture(own));
      const { method, path } = kept.request;
      return output.result(
        { would: { replay: own, method, path } },
        () => `Would send ${escapeLine(method)} ${escapeLine(path)} again`,
      );
    }
    const body = {
      ...(options.flag('async') ? { async: true } : {}),
      ...(version === undefined ? {} : { version }),
    };
    const done = await context.ask('Calling', (client) => client.replayCall(own, body));
    await output.result(done, () => {
      if (done.answer === undefined) return escapeLine(done.error?.message ?? `Queued as ${done.id}`);
      const why = done.error === undefined ? '' : ` ${done.error.message}`;
      return [`${done.status}${escapeLine(why)}`, ...messageLines(done.answer.headers, [], done.answer)].join(
        '\n',
      );
    });
    output.note(`The new call: wherry calls show ${done.id}`);
    return done.status >= 400 ? 8 : 0;
  },
};

function idIn({ args }: Context): string {
  const [id] = args;
  if (id !== undefined) return id;
  throw usageError('the call’s id is missing', 'See which there are: wherry calls');
}

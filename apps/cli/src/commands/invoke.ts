import { STATUS_CODES } from 'node:http';
import { ClientError, errorOfAnswer } from '@wherry/wire/client-error';
import { errorHeader } from '@wherry/wire/error-answer';
import { headerOf, type TransportAnswer } from '@wherry/wire/transport';
import { type Command, namespaceOption, targetOptions } from '../command.ts';
import { callOf } from '../connection/call.ts';
import { signatureOf } from '../connection/signature.ts';
import type { Context } from '../context.ts';
import { exitCodeOf } from '../failures.ts';
import { bytes, milliseconds } from '../output/quantities.ts';
import { invokeLater, laterOptions } from './invoke-later.ts';
import { withSuggestion } from './suggesting.ts';

export const command: Command = {
  name: 'invoke',
  summary: 'Call a function. Its answer goes to standard output, byte for byte.',
  arguments: [
    {
      name: '[NAME]',
      says: 'the function, NAME or NAME.NAMESPACE; @VERSION or @ALIAS behind it',
      completes: 'function',
    },
  ],
  options: [
    { flags: '-d, --data <TEXT>', says: 'the body; else standard input, unless that is a terminal' },
    {
      flags: '-F, --form <FIELD>',
      says: 'a form as the body: NAME=TEXT, or NAME=@PATH for a file, ;type=TYPE behind it; repeatable; @@ begins a text with @',
      repeats: true,
    },
    { flags: '-m, --method <METHOD>', says: 'POST unless said otherwise' },
    { flags: '-H, --header <LINE>', says: 'a header, "Name: value"; repeatable', repeats: true },
    { flags: '--query <KEY=VALUE>', says: 'a query parameter; repeatable', repeats: true },
    { flags: '--path <PATH>', says: 'what comes behind the name of the function, sent as it is' },
    {
      flags: '--content-type <TYPE>',
      says: 'text/plain, or application/json when --data is a JSON object or list',
    },
    { flags: '-v, --verbose', says: 'status, time and call id on standard error' },
    { flags: '--sign <HEADER>', says: 'send a header with the HMAC-SHA256 of the body, made with --key' },
    { flags: '--key <SECRET>', says: 'what --sign is made with' },
    { flags: '--auth', says: 'accepted: the token there is is sent anyway', hidden: true },
    ...laterOptions,
    { flags: '--name <NAME>', says: 'the function', hidden: true },
    namespaceOption,
    ...targetOptions,
  ],
  examples: [
    ['invoke hello -d "you"', 'with a body'],
    ['invoke resize < photo.jpg > small.jpg', 'any bytes, of any length'],
    ['invoke upload -F title=Boats -F "photo=@boat.jpg;type=image/jpeg"', 'a form with a file'],
    ['invoke resize --async --wait < photo.jpg', 'kept, made when there is room, tried again'],
    ['invoke api -m GET --path /users --query limit=3 -v', 'as an HTTP request'],
  ],
  exits: [3, 4, 5, 6, 7, 8],
  related: ['logs', 'calls', 'queue', 'versions'],
  async run(context) {
    const { options, output } = context;
    const name = context.callTarget();
    const unsigned = await callOf(options, context.stdin);
    const signed = await signatureOf(options, unsigned.body);
    const call =
      signed === undefined
        ? unsigned
        : { ...unsigned, body: signed.body, headers: [...(unsigned.headers ?? []), signed.header] };
    if (options.flag('async')) return invokeLater(context, name, call);
    const { client } = await context.connect();
    const started = performance.now();
    const progress = output.progress(`Calling ${name.name}`);
    let answer: TransportAnswer;
    try {
      answer = await client.invoke(name, call);
    } finally {
      progress.stop();
    }
    if (headerOf(answer, errorHeader) !== undefined) {
      const error = await errorOfAnswer(client.target, answer);
      output.failure(error.status === 404 ? await withSuggestion(client, name, error) : error);
      return error.report.fault === 'function' && exitCodeOf(error) === 1 ? 8 : exitCodeOf(error);
    }
    const size =
      output.format === 'text' ? await pass(context, answer) : await wrap(context, answer, started);
    const id = headerOf(answer, 'x-call-id');
    const failed = answer.status >= 400;
    if (options.flag('verbose') || failed) {
      const facts = [
        `${answer.status} ${STATUS_CODES[answer.status] ?? ''}`.trim(),
        milliseconds(performance.now() - started),
        bytes(size),
        ...(id === undefined ? [] : [`call ${id}`]),
      ];
      output.note(
        `${failed ? `${output.errStyle.bad('✗')} the function answered ` : ''}${facts.join(' · ')}`,
      );
    }
    return failed ? 8 : 0;
  },
};

/** The body as it comes. */
async function pass({ output }: Context, answer: TransportAnswer): Promise<number> {
  let size = 0;
  let last = 0x0a;
  await read(answer, async (chunk) => {
    size += chunk.length;
    last = chunk.at(-1) ?? last;
    await output.out.write(chunk);
  });
  // On a terminal the prompt begins on a line of its own; where output is kept, not a byte is added.
  if (last !== 0x0a && output.out.isTTY) await output.err.write('\n');
  return size;
}

/** The whole answer as one JSON object. */
async function wrap({ output }: Context, answer: TransportAnswer, started: number): Promise<number> {
  const chunks: Uint8Array[] = [];
  await read(answer, async (chunk) => void chunks.push(chunk));
  const body = Buffer.concat(chunks);
  const text = body.toString('utf8');
  const encoding = Buffer.from(text, 'utf8').equals(body) ? 'utf8' : 'base64';
  const { status, headers } = answer;
  const value = {
    status,
    callId: headerOf(answer, 'x-call-id'),
    durationMs: performance.now() - started,
    headers,
    encoding,
  };
  await output.result({ ...value, body: encoding === 'utf8' ? text : body.toString('base64') }, () => '');
  return body.length;
}

async function read(answer: TransportAnswer, take: (chunk: Uint8Array) => Promise<void>): Promise<void> {
  try {
    for await (const chunk of answer.body) await take(chunk);
  } catch (error) {
    const callId = headerOf(answer, 'x-call-id');
    throw new ClientError(
      {
        code: 'answer_cut',
        title: 'The answer ended in the middle',
        cause: error instanceof Error ? error.message : String(error),
        next: 'See what became of the call: wherry calls, wherry logs',
        fault: 'function',
        component: 'cli',
        ...(callId === undefined ? {} : { callId }),
      },
      undefined,
      error,
    );
  }
}

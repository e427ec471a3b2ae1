import { bodyText } from '@wherry/wire/body-text';
import { type Command, dryRunOption, targetOptions } from '../command.ts';
import { stdinBody } from '../connection/stdin-body.ts';
import type { Context } from '../context.ts';
import { usageError } from '../failures.ts';
import { escapeLine } from '../output/escape.ts';

const id = { name: '<ID>', says: 'the call’s id, or the one its caller sent' };

export const payload: Command = {
  name: 'payload',
  summary: 'Print what a call in the queue says: its body, byte for byte.',
  details: 'Of calls that wait, run or failed for good. It takes read and invoke, and is in the audit log.',
  arguments: [id],
  options: targetOptions,
  examples: [['queue payload 0190f0c2-… > order.json', 'to be corrected']],
  exits: [3, 4, 5],
  async run(context) {
    const { output } = context;
    const wanted = idIn(context);
    const found = await context.ask('Reading the call', (client) => client.readPayload(wanted));
    if (output.format !== 'text') return output.result(found, () => '');
    await output.out.write(Buffer.from(found.body, found.encoding === 'utf8' ? 'utf8' : 'base64'));
  },
};

export const edit: Command = {
  name: 'edit',
  summary: 'Try a call again that failed for good, with another body.',
  details:
    'It is a new call, in your name, that says which it repeats. What failed stays among the dead letters as it was, and is not tried again with the others.',
  arguments: [id],
  options: [
    { flags: '-d, --data <TEXT>', says: 'the body; else standard input' },
    { flags: '--content-type <TYPE>', says: 'what the body is; else what it was' },
    dryRunOption,
    ...targetOptions,
  ],
  examples: [['queue edit 0190f0c2-… < order.json', 'with what was corrected']],
  exits: [3, 4, 5],
  async run(context) {
    const { options, output } = context;
    const wanted = idIn(context);
    const data = options.text('data');
    const body = data === undefined ? await whole(context) : Buffer.from(data, 'utf8');
    const type = options.text('contentType');
    if (options.flag('dryRun')) {
      const { method, path } = await context.ask('Reading the call', (client) => client.readPayload(wanted));
      return output.result(
        { would: { edit: wanted, method, path, bytes: body.length } },
        () => `Would send ${escapeLine(method)} ${escapeLine(path)} again, with ${body.length} bytes`,
      );
    }
    const request = { ...bodyText(body), ...(type === undefined ? {} : { contentType: type }) };
    const done = await context.ask('Trying again', (client) => client.redriveEdited(wanted, request));
    await output.result(done, () => done.id);
    output.note(`Its answer: wherry queue show ${done.id} --wait`);
  },
};

async function whole({ stdin }: Context): Promise<Uint8Array> {
  const body = await stdinBody(stdin);
  if (body === undefined)
    throw usageError(
      'the new body is missing',
      'Say it by --data, or on standard input: wherry queue edit ID < FILE',
    );
  return body instanceof Uint8Array ? body : Buffer.concat(await Array.fromAsync(body));
}

function idIn({ args }: Context): string {
  const [wanted] = args;
  if (wanted !== undefined) return wanted;
  throw usageError('the call’s id is missing', 'See which there are: wherry queue list --state dead');
}

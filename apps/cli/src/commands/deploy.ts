import { resolve } from 'node:path';
import { packageImage } from '@wherry/core/packages';
import { type Command, dryRunOption, namespaceOption, targetOptions } from '../command.ts';
import type { Context } from '../context.ts';
import type { BuildWishes, Listener } from '../building/build-package.ts';
import type { Options } from '../options.ts';
import type { Progress } from '../output/progress.ts';
import { usageError } from '../failures.ts';
import { showPlan } from '../deploying/shown-plan.ts';
import { trialOf, trialSteps, trialText } from '../deploying/trial.ts';
import { stackOptions } from './stack-options.ts';

/** Commands of the machine: what runs in the place of this image. */
const commandsImage = 'ghcr.io/openfaas/alpine:latest';

export const command: Command = {
  name: 'deploy',
  summary: 'Deploy a file, a folder or an image as a function, or all functions of a stack file.',
  arguments: [{ name: '[NAME]', says: 'the function, NAME or NAME.NAMESPACE', completes: 'function' }],
  options: [
    { flags: '--from <PATH>', says: 'the code: a file, or a folder with everything it needs' },
    {
      flags: '--lang <LANGUAGE>',
      says: 'its language, such as node, python or go; told from the code unless given',
    },
    { flags: '--entry <FILE>', says: 'the file that holds the handler; told from the code unless given' },
    {
      flags: '--signature <NAME>',
      says: 'how the handler is called: auto, event, fetch, http; classic, wsgi, asgi',
    },
    { flags: '--image <REFERENCE>', says: 'an image instead of code' },
    { flags: '--fprocess <COMMAND>', says: 'a command that is started for each call, alone or with --from' },
    { flags: '-e, --env <KEY=VALUE>', says: 'an environment variable; repeatable', repeats: true },
    { flags: '-l, --label <KEY=VALUE>', says: 'a label; repeatable', repeats: true },
    { flags: '--annotation <KEY=VALUE>', says: 'an annotation; repeatable', repeats: true },
    { flags: '--secret <NAME>', says: 'a secret it may read; repeatable', repeats: true },
    { flags: '--memory-limit <SIZE>', says: 'memory of an instance, such as 128Mi (256Mi)' },
    { flags: '--memory-request <SIZE>', says: 'what an instance counts for, such as 64Mi' },
    { flags: '--cpu-limit <SHARE>', says: 'processors of an instance, such as 500m' },
    { flags: '--cpu-request <SHARE>', says: 'kept for OpenFaaS; no effect here' },
    { flags: '--timeout <DURATION>', says: 'how long a call may take (60s)' },
    { flags: '--concurrency <COUNT>', says: 'calls at once in an instance' },
    {
      flags: '--network <GRANT>',
      says: 'none (the default), or with commas: internet, functions, NAME:PORT; or host',
    },
    { flags: '--visibility <WHO>', says: 'public or private; unless given, as the server says' },
    { flags: '--canary <PERCENT>', says: 'of its calls for this version; the live one takes the rest' },
    { flags: '--sticky <WHAT>', says: 'with --canary, who stays with one: client, header:NAME, cookie:NAME' },
    {
      flags: '--allow <FILE>',
      says: 'a file that the search for secrets shall let through; repeatable',
      repeats: true,
    },
    { flags: '-b, --build-arg <KEY=VALUE>', says: 'an argument of its build; repeatable', repeats: true },
    { flags: '--no-cache', says: 'build even what was built before' },
    dryRunOption,
    { flags: '--constraint <TEXT>', says: 'where it may run', repeats: true, hidden: true },
    { flags: '--readonly', says: 'read-only root', hidden: true },
    { flags: '--handler <PATH>', says: 'the same as --from', hidden: true },
    { flags: '--name <NAME>', says: 'the function', hidden: true },
    { flags: '--tag <FORMAT>', says: 'accepted: there are no images to tag', hidden: true },
    { flags: '--read-template', says: 'accepted', hidden: true },
    { flags: '--replace', says: 'accepted: deploying always replaces', hidden: true },
    { flags: '--update', says: 'accepted: deploying always updates', hidden: true },
    ...stackOptions,
    { flags: '--parallel <COUNT>', says: 'functions of a stack that are deployed at once (4)' },
    namespaceOption,
    ...targetOptions,
  ],
  examples: [
    ['deploy hello --from handler.js', 'one file'],
    ['deploy shop --from ./shop -e CURRENCY=EUR --timeout 10s', 'a folder, with settings'],
    ['deploy upper --fprocess "tr a-z A-Z"', 'a command of the machine'],
    ['deploy', 'every function of stack.yaml'],
    ['deploy -f stack.yaml --filter "shop-*"', 'some of them'],
    ['deploy hello --from . --dry-run', 'see what would be sent'],
    ['deploy hello --from . --canary 10', 'try it on a tenth of the calls'],
  ],
  exits: [4, 5, 6, 7],
  related: ['invoke', 'logs', 'versions', 'rollback', 'remove'],
  async run(context) {
    const { options, output } = context;
    const from = options.text('from') ?? options.text('handler');
    const trial = trialOf(options);
    const program = from === undefined ? options.text('fprocess') : undefined;
    const image = options.text('image') ?? (program === undefined ? undefined : commandsImage);
    if (options.text('yaml') !== undefined || (from === undefined && image === undefined)) {
      const path = await stackFor(context);
      if (path !== undefined) {
        if (trial !== undefined)
          throw usageError('--canary tries one function', 'Name it, with its code: --from PATH --canary 10');
        return deployStackAt(path, context);
      }
    }
    const name = context.functionName();
    const [
      { deploymentRequest },
      { deployed, dotted, provingMs },
      { packFrom },
      { buildPackage },
      { removedText, stepsText, warnOfKeys },
    ] = await Promise.all([
      import('../deploying/deployment-request.ts'),
      import('../deploying/deployed.ts'),
      import('../deploying/code.ts'),
      import('../building/build-package.ts'),
      import('../deploying/said-beside.ts'),
    ]);
    if ((from === undefined) === (image === undefined)) {
      throw usageError(
        from === undefined ? 'it is not said what to deploy' : '--from and --image exclude each other',
        'Give --from PATH for code, or --image REFERENCE',
      );
    }
    // A mistake in the flags is told before time goes into packing.
    deploymentRequest(name, image ?? packageImage(name.name, '0'.repeat(64)), options);
    const packed =
      from === undefined
        ? undefined
        : await packFrom(resolve(context.cwd, from), {
            lang: options.text('lang'),
            entry: options.text('entry'),
            signature: options.text('signature'),
            fprocess: options.text('fprocess'),
          });
    const request = deploymentRequest(
      name,
      image ?? packageImage(name.name, packed?.archive.digest ?? ''),
      options,
    );
    if (options.flag('dryRun')) return showPlan(context, request, packed);

    const { client } = await context.connect();
    const progress = output.progress(`Deploying ${name.name}`, true);
    try {
      const built =
        packed === undefined
          ? request.image
          : (await buildPackage(client, name, packed, wishes(options), listener(progress))).image;
      progress.step(`Starting ${name.name}`);
      const whole = { ...request, image: built };
      const done = deployed(client, name, whole, await client.deploy(whole, provingMs, trial));
      progress.stop();
      const word = done.result === 'created' ? 'Deployed' : 'Updated';
      const spelt = dotted(name);
      warnOfKeys(output, whole);
      if (trial !== undefined) {
        await output.result({ ...done, canary: trial }, () => `${name.name}: ${trialText(trial)}`);
        return output.note(trialSteps(spelt));
      }
      await output.result(done, () => `${word} ${name.name}\n\n  ${done.url}`);
      if (done.removed !== undefined) output.note(`\n  ${removedText(done.removed)}`);
      output.note(stepsText(spelt, request));
    } finally {
      progress.stop();
      packed?.archive.discard();
    }
  },
};

const wishes = (options: Options): BuildWishes => ({
  args: options.keyValues('buildArg', '--build-arg') ?? {},
  fresh: options.switchedOn('cache') === false,
  allow: options.list('allow'),
});

const listener = (progress: Progress): Listener => ({
  step: (text) => progress.step(text),
  line: () => undefined,
});

/** The stack file that is named, or the one that lies here where nothing else is said. */
async function stackFor(context: Context): Promise<string | undefined> {
  const { stackPath } = await import('../deploying/stack.ts');
  const other = context.args[0] ?? context.options.text('name');
  return context.options.text('yaml') ?? (other === undefined ? stackPath(context) : undefined);
}

async function deployStackAt(path: string, context: Context): Promise<number> {
  const [{ openStack }, { runStack }, { prepare }] = await Promise.all([
    import('../deploying/stack.ts'),
    import('../deploying/run-stack.ts'),
    import('../deploying/prepared.ts'),
  ]);
  const stack = await openStack(context, path);
  if (!context.options.flag('dryRun')) return runStack(stack, context, { push: false, deploy: 'always' });
  for (const fn of stack.functions) {
    const { request, packed } = await prepare(fn, stack, context);
    await showPlan(context, request, packed);
  }
  return 0;
}

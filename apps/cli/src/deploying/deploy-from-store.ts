import { checkName } from '@wherry/core/names';
import { policyOf } from '@wherry/core/rules/policy';
import { decodeDeployment, type FunctionDeployment, present } from '@wherry/wire/deployment';
import type { StoreItem, StoreOrder } from '@wherry/wire/store';
import { asks, described } from '../output/store-item.ts';
import { confirmed } from '../connection/confirm.ts';
import type { Context } from '../context.ts';
import { escapeLine } from '../output/escape.ts';
import { deployed, dotted, provingMs } from './deployed.ts';

/** Shows what an entry of the store asks for, has it fetched and checked, and deploys it. */
export async function deployFromStore(wanted: string, context: Context): Promise<number> {
  const { options, output } = context;
  const { client } = await context.connect();
  const item = await client.readStoreItem(wanted);
  output.note(`${item.name}: ${escapeLine(item.description)}\n  asks for ${escapeLine(asks(item))}`);
  if (options.flag('dryRun')) {
    await output.result({ would: item }, () => `Would deploy\n${described(item)}`);
    return 0;
  }
  const more = item.permissions.network !== 'none' || item.permissions.secrets.length > 0;
  if (more && !options.flag('yes') && !(await confirmed(context, 'Give it that?'))) {
    output.note('Nothing was deployed.');
    return 1;
  }
  const progress = output.progress(`Deploying ${item.name}`);
  try {
    const order = await client.orderStoreItem(item.name);
    const request = requestOf(order, context);
    const name = { name: request.service, namespace: request.namespace ?? '' };
    const done = deployed(client, name, request, await client.deploy(request, provingMs));
    progress.stop();
    const word = done.result === 'created' ? 'Deployed' : 'Updated';
    await output.result(done, () => `${word} ${name.name}\n\n  ${done.url}`);
    output.note(`\n  Call it:  ${escapeLine(callOf(item, dotted(name)))}`);
    return 0;
  } finally {
    progress.stop();
  }
}

function requestOf({ image, item }: StoreOrder, context: Context): FunctionDeployment {
  const { options } = context;
  const secrets = [...new Set([...item.permissions.secrets, ...options.list('secret')])];
  const network = options.text('network') ?? item.permissions.network;
  const timeout = options.text('timeout');
  const limits = { memory: options.text('memoryLimit'), cpu: options.text('cpuLimit') };
  const request = present<FunctionDeployment>({
    service: checkName('function', options.text('name') ?? item.name),
    image,
    namespace: context.namespace,
    envProcess: item.fprocess,
    envVars: some({ ...item.environment, ...options.keyValues('env', '--env') }),
    labels: some({ ...item.labels, ...options.keyValues('label', '--label') }),
    annotations: some({
      ...item.annotations,
      ...(network === 'none' ? {} : { 'com.wherry.network': network }),
      ...(timeout === undefined ? {} : { 'com.wherry.timeout': timeout }),
      ...options.keyValues('annotation', '--annotation'),
    }),
    secrets: secrets.length === 0 ? undefined : secrets,
    limits:
      limits.memory === undefined && limits.cpu === undefined
        ? undefined
        : present<{ memory?: string; cpu?: string }>(limits),
    readOnlyRootFilesystem: item.readOnlyRootFilesystem,
  });
  policyOf(decodeDeployment(request));
  return request;
}

function some(map: Readonly<Record<string, string>>): Readonly<Record<string, string>> | undefined {
  return Object.keys(map).length === 0 ? undefined : map;
}

function callOf({ example }: StoreItem, name: string): string {
  const body = example?.body ?? 'hello';
  return `wherry invoke ${name} -d '${body.replaceAll("'", "'\\''")}'`;
}

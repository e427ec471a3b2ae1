import { ClientError } from '@wherry/wire/client-error';
import type { GatewayInfo } from '@wherry/wire/info';
import { type Command, targetOptions } from '../command.ts';
import { escapeLine } from '../output/escape.ts';
import { pairs } from '../output/table.ts';
import { version } from '../version.ts';

export const command: Command = {
  name: 'version',
  summary: 'Show the versions of this program and of the gateway.',
  options: [
    { flags: '--short-version', says: 'only that of this program' },
    { flags: '--warn-update', says: 'accepted: nobody is asked for updates', hidden: true },
    ...targetOptions,
  ],
  examples: [
    ['version', 'both'],
    ['version --short-version', 'without asking the gateway'],
  ],
  related: ['doctor'],
  async run(context) {
    const { options, output } = context;
    const client = {
      version: version(),
      node: process.versions.node,
      platform: `${process.platform} ${process.arch}`,
    };
    if (options.flag('shortVersion')) {
      await output.result(client.version, () => client.version);
      return;
    }
    const connection = await context.connect({ timeoutMs: 5_000 });
    const { url } = connection.client.target;
    const gateway = await connection.client.info().catch((error: unknown) => failureOf(error));
    await output.result({ client, gateway: { url, ...gateway } }, () =>
      pairs([
        ['wherry', `${client.version} (Node ${client.node}, ${client.platform})`],
        ['gateway', `${'version' in gateway ? versionsOf(gateway) : escapeLine(gateway.error)} at ${url}`],
      ]),
    );
  },
};

function versionsOf({ version, provider, arch }: GatewayInfo): string {
  return escapeLine(
    `${version.release} (${version.sha}), ${provider.provider}/${provider.orchestration} on ${arch}`,
  );
}

/** A gateway that can't be asked is a fact here, not a failure. */
function failureOf(error: unknown): { error: string } {
  if (!(error instanceof ClientError)) throw error;
  return { error: `${error.report.title.toLowerCase()} (${error.report.code})` };
}

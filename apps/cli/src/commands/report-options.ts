import type { OptionSpec } from '../command.ts';
import type { Context } from '../context.ts';

/** What a report is about, and whose days it counts in. */
export const about: readonly OptionSpec[] = [
  { flags: '--zone <ZONE>', says: 'whose days, such as Europe/Berlin (UTC)' },
  { flags: '-n, --namespace <NAME>', says: 'only about this namespace' },
];

export const channelWords =
  'a channel of the alerts by its name, function:NAME.NAMESPACE or webhook:URL; repeatable';

export function aboutOf({ options }: Context): { readonly zone?: string; readonly namespace?: string } {
  const [zone, namespace] = [options.text('zone'), options.text('namespace')];
  return { ...(zone === undefined ? {} : { zone }), ...(namespace === undefined ? {} : { namespace }) };
}

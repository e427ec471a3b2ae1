import { shellWord } from '../words.ts';

/** What a tab of a function shows, as a line for the terminal and as a path of the API. */
export function tabCommand(
  tab: string,
  of: { name: string; namespace: string },
): { command: string; path: string } {
  const [name, namespace] = [encodeURIComponent(of.name), encodeURIComponent(of.namespace)];
  const place = `${shellWord(of.name)} -n ${shellWord(of.namespace)}`;
  const rate = `sum by (code) (rate(gateway_function_invocation_total{function_name=${JSON.stringify(`${of.name}.${of.namespace}`)}}[5m]))`;
  const own = (what: string): string => `/system/function/${name}${what}?namespace=${namespace}`;
  const all: Readonly<Record<string, readonly [string, string]>> = {
    invoke: [`wherry invoke ${place}`, `/function/${name}.${namespace}`],
    calls: [`wherry calls ${place}`, `/system/calls?function=${name}&namespace=${namespace}&limit=200`],
    logs: [`wherry logs ${place}`, `/system/logs?name=${name}&namespace=${namespace}&tail=1000`],
    metrics: [
      `wherry query ${shellWord(rate)} --range 1h`,
      `/api/v1/query?${new URLSearchParams({ query: rate })}`,
    ],
    configuration: [`wherry export -n ${shellWord(of.namespace)}`, own('')],
    versions: [`wherry versions ${place}`, own('/versions')],
  };
  const [command, path] = all[tab] ?? [`wherry describe ${place}`, own('/state')];
  return { command, path };
}

import { networkGrant, type NetworkGrant } from '@wherry/core/rules/network-grant';

/** Where a language's libraries come from. */
interface Registry {
  /** Where nothing else is said. */
  readonly address: string;
  /** Further places that it sends its clients to. */
  readonly also: readonly string[];
  /** The variable by which its tool is told another. */
  readonly variable: string;
}

const registries = {
  npm: { address: 'https://registry.npmjs.org/', also: [], variable: 'npm_config_registry' },
  python: {
    address: 'https://pypi.org/simple',
    also: ['files.pythonhosted.org:443'],
    variable: 'PIP_INDEX_URL',
  },
  go: { address: 'https://proxy.golang.org', also: ['sum.golang.org:443'], variable: 'GOPROXY' },
  maven: {
    address: 'https://repo.maven.apache.org/maven2',
    also: ['repo1.maven.org:443'],
    variable: 'WHERRY_MAVEN',
  },
  composer: {
    address: 'https://repo.packagist.org',
    also: ['packagist.org:443', 'api.github.com:443', 'codeload.github.com:443'],
    variable: 'WHERRY_PACKAGIST',
  },
  ruby: { address: 'https://rubygems.org', also: ['index.rubygems.org:443'], variable: 'BUNDLE_MIRROR__ALL' },
} as const satisfies Record<string, Registry>;

export type RegistryName = keyof typeof registries;
export const registryNames = Object.keys(registries) as readonly RegistryName[];

/** What a build may reach, and what its tool has to know. */
export interface Reach {
  readonly grant: NetworkGrant;
  readonly env: Readonly<Record<string, string>>;
  /** The registry's address, where it is not the usual one. */
  readonly mirror: string | undefined;
}

/** Certificates and proxies of the machine: a tool needs them to reach anything. */
const passed =
  /^(?:NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|SSL_CERT_DIR|REQUESTS_CA_BUNDLE|PIP_CERT|CURL_CA_BUNDLE|https?_proxy|no_proxy)$/i;

/**
 * The registry of a language and nothing else. `mirrors` are the operator's, by name; without one the variable that the tool
 * itself knows counts, as the gateway was started with it. `env` is the gateway's environment.
 */
export function reachOf(
  name: RegistryName,
  mirrors: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string | undefined>>,
): Reach {
  const { address, also, variable }: Registry = registries[name];
  const mirror = mirrors[name] ?? usable(env[variable]);
  const own = Object.fromEntries(
    Object.entries(env).filter(
      (pair): pair is [string, string] => passed.test(pair[0]) && pair[1] !== undefined,
    ),
  );
  const proxies = Object.entries(own).filter(([key]) => /^https?_proxy$/i.test(key));
  const places = [
    hostAndPort(mirror ?? address),
    ...(mirror === undefined ? also : []),
    ...proxies.map(([, url]) => hostAndPort(url)),
  ].filter((place) => place !== undefined);
  const grant = networkGrant('build.mirrors', places.join(','));
  return { grant, mirror, env: { ...own, ...(mirror === undefined ? {} : { [variable]: mirror }) } };
}

/** GOPROXY may be a list, and PIP_INDEX_URL a folder: only one address is taken over. */
function usable(value: string | undefined): string | undefined {
  const first = value?.split(/[,|]/)[0]?.trim();
  return first !== undefined && /^https?:\/\//.test(first) ? first : undefined;
}

function hostAndPort(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const { hostname, port, protocol } = new URL(address);
  return `${hostname}:${port || (protocol === 'http:' ? '80' : '443')}`;
}

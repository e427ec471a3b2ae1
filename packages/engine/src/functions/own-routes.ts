import { allows, coversAll, type Principal } from '@wherry/core/access';
import { WherryError } from '@wherry/core/errors';
import { type FunctionName, fullName } from '@wherry/core/names';
import { type OwnRoute, routeText } from '@wherry/core/rules/routes';

/** What belongs to the gateway itself, and what the operator leaves to those who deploy. */
export interface RouteRules {
  /** Host names of the gateway. */
  readonly ownHosts: readonly string[];
  /** First segments of its own paths. */
  readonly ownPaths: readonly string[];
  /** Host names that deployers may take: `*.apps.example.com`. */
  readonly openHosts: readonly string[];
}

/** A function that a request is for by its host and path, and how much of the path is the route's. */
export interface Routed {
  readonly target: string;
  readonly prefix: string;
}

const component = 'deployer';

/** Addresses that functions have of their own. Each belongs to one function: first come, first served. */
export class OwnRoutes {
  readonly #rules: RouteRules;
  /** By route: who has it, or is about to. */
  readonly #holders = new Map<string, string>();
  /** In force, by host ('' is the gateway's own names), longest prefix first. */
  readonly #byHost = new Map<string, Routed[]>();

  constructor(rules: RouteRules) {
    this.#rules = rules;
  }

  /** Whether any function has any; callers on the way of every request look here first. */
  get some(): boolean {
    return this.#byHost.size > 0;
  }

  /** The hosts in force. */
  get hosts(): readonly string[] {
    return [...this.#byHost.keys()].filter((host) => host !== '');
  }

  /** For a host name as it is in a request's header without the port, and a path without the query. */
  find(host: string, path: string): Routed | undefined {
    const routes = this.#byHost.get(host) ?? (this.#byHost.size > 0 ? this.#byHost.get('') : undefined);
    return routes?.find(
      ({ prefix }) =>
        path.startsWith(prefix) &&
        (path.length === prefix.length || path.charCodeAt(prefix.length) === slash || prefix === ''),
    );
  }

  hasHost(host: string): boolean {
    return host !== '' && this.#byHost.has(host);
  }

  /** Holds routes for a function that is about to have them. Throws `grant_refused`, `route_taken` or `bad_value`; then it holds nothing new. */
  hold(of: FunctionName, routes: readonly OwnRoute[], by: Principal): void {
    for (const route of routes) this.#check(of, route, by);
    for (const route of routes) this.#holders.set(routeText(route), fullName(of));
  }

  /**
   * From now on these lead to it, and no others; an empty list lets all go. Also what was held and did not come to be is let go so. What is the
   * gateway's own by now, as a stored one may be, is left out, and told.
   */
  use(of: FunctionName, routes: readonly OwnRoute[]): readonly string[] {
    const leftOut: string[] = [];
    const target = fullName(of);
    for (const [text, holder] of this.#holders) if (holder === target) this.#holders.delete(text);
    for (const [host, list] of this.#byHost) {
      const left = list.filter((routed) => routed.target !== target);
      if (left.length === 0) this.#byHost.delete(host);
      else this.#byHost.set(host, left);
    }
    for (const route of routes) {
      if (this.#ownerOf(route) !== undefined || this.#holders.has(routeText(route))) {
        leftOut.push(routeText(route));
        continue;
      }
      this.#holders.set(routeText(route), target);
      const list = [...(this.#byHost.get(route.host ?? '') ?? []), { target, prefix: route.prefix }];
      this.#byHost.set(
        route.host ?? '',
        list.sort((a, b) => b.prefix.length - a.prefix.length),
      );
    }
    return leftOut;
  }

  /** Why a route is the gateway's own; undefined where it is not. */
  #ownerOf({ host, prefix }: OwnRoute): string | undefined {
    if (host !== undefined)
      return this.#rules.ownHosts.includes(host)
        ? `${host} is the gateway's own name; give a path on it`
        : undefined;
    const [, first = ''] = prefix.split('/');
    return this.#rules.ownPaths.includes(first) ? `/${first} is the gateway's own` : undefined;
  }

  #check(of: FunctionName, route: OwnRoute, by: Principal): void {
    const text = routeText(route);
    const { openHosts } = this.#rules;
    const own = this.#ownerOf(route);
    if (own !== undefined) throw new WherryError('bad_value', `com.wherry.routes: ${own}`, { component });
    const holder = this.#holders.get(text);
    if (holder !== undefined && holder !== fullName(of))
      throw new WherryError('route_taken', `${text} leads to ${holder}`, { component, name: of.name });
    // What it has already was given to it.
    if (holder !== undefined) return;
    const open =
      route.host !== undefined && openHosts.some((pattern) => matches(pattern, route.host as string));
    if (open || (allows(by, 'admin') && coversAll(by))) return;
    throw new WherryError(
      'grant_refused',
      `com.wherry.routes: ${text} needs the admin scope; deployers may take ${openHosts.join(', ') || 'no host names here (setting functions.hosts)'}`,
      { component, name: of.name },
    );
  }
}

const slash = 0x2f;

function matches(pattern: string, host: string): boolean {
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern;
}

import { openfaasRoutes } from './openfaas-routes.ts';
import { ownRoutes } from './own-routes.ts';
import { watchingRoutes } from './watching-routes.ts';

export type { Access, Route } from './route.ts';

/** Every route of the API, named once for both sides. */
export const routes = { ...openfaasRoutes, ...ownRoutes, ...watchingRoutes };

export type RouteName = keyof typeof routes;

/** The path of a route with its `{x}` filled in, each as one escaped segment. */
export function pathOf(
  name: Exclude<RouteName, 'invokePath' | 'invokeAsyncPath'>,
  values: Readonly<Record<string, string>> = {},
): string {
  return routes[name].path.replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(values[key] ?? ''));
}

/**
 * The API as an OpenAPI 3.1 document, made of the table of routes and the schemas of bodies. `npm run docs` writes it to
 * schemas/openapi.json; the gateway serves that file, and never loads this.
 */
import { catalogue } from '@wherry/core/errors';
import * as z from 'zod/mini';
import { type Route, type RouteName, routes } from './routes.ts';
import { requestBodies } from './schemas.ts';

/** What a success answers, where it is not 200 with JSON. */
const answers: Partial<
  Record<RouteName, { readonly status: number; readonly says: string; readonly type?: string }>
> = {
  root: { status: 307, says: 'To the page for people' },
  ui: { status: 200, says: 'A page', type: 'text/plain' },
  apiPage: { status: 200, says: 'A page', type: 'text/html' },
  healthz: { status: 200, says: 'Alive' },
  readyz: { status: 200, says: 'Ready' },
  invoke: { status: 200, says: 'What the function answered', type: '*/*' },
  invokePath: { status: 200, says: 'What the function answered', type: '*/*' },
  invokeAsync: { status: 202, says: 'It is on disk; its id is in X-Call-Id' },
  invokeAsyncPath: { status: 202, says: 'It is on disk; its id is in X-Call-Id' },
  cancelAsync: { status: 202, says: 'It will not be made' },
  pauseSchedule: { status: 202, says: 'It rests' },
  resumeSchedule: { status: 202, says: 'It goes on' },
  runSchedule: { status: 202, says: 'It is queued', type: 'application/json' },
  publish: { status: 202, says: 'It is on disk, a call for each who listens', type: 'application/json' },
  cancelCall: { status: 202, says: 'It will not be made' },
  deployFunction: { status: 202, says: 'It runs' },
  updateFunction: { status: 202, says: 'The new version runs' },
  deleteFunction: { status: 202, says: 'It is gone' },
  scaleFunction: { status: 202, says: 'Asked for' },
  alert: { status: 200, says: 'Asked for' },
  readLogs: { status: 200, says: 'A line of JSON for each line of the log', type: 'application/x-ndjson' },
  exportTable: { status: 200, says: 'The table, as it comes', type: 'text/csv' },
  readExportLink: { status: 200, says: 'The table, as it comes', type: 'text/csv' },
  readReport: { status: 200, says: 'The report as a page', type: 'text/html' },
  unsubscribeReport: { status: 202, says: 'It is made no more' },
  exportAudit: {
    status: 200,
    says: 'A record in each line, and the head at the end',
    type: 'application/x-ndjson',
  },
  createNamespace: { status: 201, says: 'It is there' },
  createNamespacePlain: { status: 201, says: 'It is there' },
  updateNamespace: { status: 202, says: 'It is changed' },
  deleteNamespace: { status: 202, says: 'It is gone' },
  createSecret: { status: 202, says: 'It is there' },
  updateSecret: { status: 202, says: 'It is changed' },
  deleteSecret: { status: 202, says: 'It is gone' },
  deleteAlertRule: { status: 202, says: 'It is gone, or as it came' },
  deleteSilence: { status: 202, says: 'It is over' },
  deleteChannel: {
    status: 202,
    says: 'It is gone; how many messages went with it',
    type: 'application/json',
  },
  fireAlertRule: { status: 202, says: 'It is queued', type: 'application/json' },
  testChannel: {
    status: 202,
    says: 'It is queued; with 200, what came back of a beat',
    type: 'application/json',
  },
  deleteBoard: { status: 202, says: 'It is gone' },
  deleteToken: { status: 202, says: 'It is worthless' },
};

const methodsOf = ({ method }: Route): readonly string[] =>
  method === 'ANY' ? ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'] : [method.toLowerCase()];

export function openApi(): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const [name, route] of Object.entries(routes) as [RouteName, Route][]) {
    const path = route.path.replace('*', '{path}');
    for (const method of methodsOf(route)) (paths[path] ??= {})[method] = operation(name, route, method);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Wherry',
      version: '0.1.0',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      description: 'Functions as a service: OpenFaaS’s API, and what Wherry adds to it.',
    },
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'Any token' },
        basic: { type: 'http', scheme: 'basic', description: 'User admin, and the admin token as password' },
      },
      schemas: { Error: errorSchema },
      responses: {
        Error: {
          description: 'What happened, why, whose fault it is, and what to do',
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
        },
      },
    },
  };
}

const errorSchema = {
  type: 'object',
  required: ['code', 'title', 'cause', 'fault', 'component', 'next'],
  properties: {
    code: { type: 'string', enum: Object.keys(catalogue) },
    title: { type: 'string' },
    cause: { type: 'string' },
    fault: { type: 'string', enum: ['caller', 'function', 'operator', 'wherry'] },
    component: { type: 'string' },
    next: { type: 'string' },
    callId: { type: 'string' },
    excerpt: { type: 'string' },
  },
};

function operation(name: RouteName, route: Route, method: string): object {
  const { status, says, type } = answers[name] ?? { status: 200, says: 'Done', type: 'application/json' };
  const schema = (requestBodies as Partial<Record<RouteName, z.core.$ZodType>>)[name];
  const names = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, one]) => one as string);
  if (route.path.includes('*')) names.push('path');
  return {
    operationId: route.method === 'ANY' ? `${name}-${method}` : name,
    summary: route.says,
    ...(names.length === 0
      ? {}
      : {
          parameters: names.map((one) => ({
            name: one,
            in: 'path',
            required: true,
            schema: { type: 'string' },
          })),
        }),
    ...(schema === undefined
      ? {}
      : {
          requestBody: {
            required: !z.safeParse(schema, undefined).success,
            content: { 'application/json': { schema: schemaOf(schema) } },
          },
        }),
    ...(route.access === 'public'
      ? { security: [] }
      : { security: [{ token: [route.access] }, { basic: [] }] }),
    responses: {
      [status]: { description: says, ...(type === undefined ? {} : { content: { [type]: {} } }) },
      default: { $ref: '#/components/responses/Error' },
    },
  };
}

function schemaOf(schema: z.core.$ZodType): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return rest;
}

import { flag, list, map, object, type Shape, text } from './shape.ts';

/** An RFC 1123 label. */
const name = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const nameRule = '1 to 63 of a-z, 0-9 and "-", beginning and ending with a letter or digit';

const resources = (says: string): Shape =>
  object(says, {
    memory: text('a Kubernetes quantity, such as 128Mi'),
    cpu: text('a Kubernetes quantity, such as 100m'),
  });

const fn = object('A function', {
  lang: text('language or template, such as node or python3-http'),
  handler: text('folder or file with the code'),
  image: text('image reference; without a handler, what is deployed'),
  namespace: text('where it belongs, unless --namespace says otherwise', name, nameRule),
  fprocess: text('the process that is started for it'),
  environment: map('environment variables'),
  environment_file: list('YAML files with an environment of their own, which counts more than the one above'),
  secrets: list('secrets that it finds in /var/openfaas/secrets'),
  labels: map('labels'),
  annotations: map('annotations'),
  limits: resources('what it may use at most'),
  requests: resources('what is kept for it'),
  constraints: list('where it may run'),
  readonly_root_filesystem: flag('it may write to /tmp only'),
  skip_build: flag('deployed as it is, never built'),
  build_options: list('named build options of its template'),
  build_args: map('arguments of its build'),
  build_secrets: map('secrets of its build: a name, and the file that holds it'),
  platforms: text('platforms that it is built for, with commas'),
});

/** All of a stack file. schemas/stack.schema.json is written from this. */
export const stackShape = object('A stack of functions, as OpenFaaS has it', {
  version: text('version of this format', /^1\.0$/, '1.0'),
  provider: object('where it is deployed', {
    name: text('openfaas', /^(?:openfaas|faas)$/, 'openfaas'),
    gateway: text('address of the gateway, unless --gateway says otherwise'),
    network: text('kept for older files; it has no effect'),
  }),
  functions: { kind: 'map', says: 'functions by name', of: fn, key: name, keyMustBe: nameRule },
  configuration: object('how it is built', {
    templates: list(
      'templates that are fetched before the build',
      object('a template', { name: text('its name'), source: text('the repository it comes from') }),
    ),
    copy: list('further files and folders that are copied into each function'),
  }),
});

/** A file named by `environment_file`. */
export const environmentShape = object('Environment variables', {
  environment: map('environment variables'),
});

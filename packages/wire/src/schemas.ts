/**
 * The request bodies as schemas, for the API's document. The gateway never loads this: its decoders say the same by hand
 * (fields.ts says why), and schemas.test.ts holds the two together.
 */
import { scopes } from '@wherry/core/access';
import { comparisons, severities, units } from '@wherry/core/alert';
import { channelKinds } from '@wherry/core/alert-channel';
import { logLevels } from '@wherry/core/rules/log-level';
import * as z from 'zod/mini';
import { mostKeys } from './fields.ts';

const name = z.string().check(z.regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/));
const secretName = z
  .string()
  .check(
    z.regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/),
    z.maxLength(253),
  );
const texts = z.nullish(
  z
    .record(z.string().check(z.minLength(1)), z.string())
    .check(z.refine((map) => Object.keys(map).length <= mostKeys)),
);
const list = z.nullish(z.array(z.string()).check(z.maxLength(mostKeys)));
const optionalName = z.nullish(z.union([z.literal(''), name]));
const resources = z.nullish(z.looseObject({ memory: z.nullish(z.string()), cpu: z.nullish(z.string()) }));

export const functionDeployment = z.looseObject({
  service: name,
  image: z.string().check(z.regex(/^[!-~]+$/)),
  namespace: optionalName,
  envProcess: z.nullish(z.string()),
  envVars: z.nullish(z.record(z.string().check(z.regex(/^[^=\0]+$/)), z.string().check(z.regex(/^[^\0]*$/)))),
  labels: texts,
  annotations: texts,
  secrets: z.nullish(z.array(secretName).check(z.maxLength(mostKeys))),
  constraints: list,
  limits: resources,
  requests: resources,
  readOnlyRootFilesystem: z.nullish(z.boolean()),
});

export const deleteFunctionRequest = z.looseObject({ functionName: name, namespace: optionalName });

export const scaleServiceRequest = z.looseObject({
  serviceName: z.nullish(z.string()),
  replicas: z.int().check(z.minimum(0), z.maximum(1000)),
  namespace: optionalName,
});

export const functionNamespace = z.looseObject({ name, labels: texts, annotations: texts });

export const secretRequest = z.looseObject({
  name: secretName,
  namespace: optionalName,
  value: z.nullish(z.string()),
  rawValue: z.nullish(z.base64()),
});

export const deleteSecretRequest = z.looseObject({ name: secretName, namespace: optionalName });

export const alertWebhook = z.looseObject({
  status: z.nullish(z.enum(['firing', 'resolved'])),
  alerts: z.array(
    z.looseObject({
      status: z.nullish(z.enum(['firing', 'resolved'])),
      labels: z.looseObject({ function_name: z.string() }),
    }),
  ),
});

export const tokenRequest = z.looseObject({
  name,
  scopes: z.array(z.enum(scopes)).check(z.minLength(1)),
  functions: z.nullish(z.string()),
  expiresInSeconds: z.nullish(z.int().check(z.minimum(1), z.maximum(10 * 366 * 86_400))),
});

const sticky = z.nullish(
  z.string().check(z.regex(/^(?:|client|(?:header|cookie):[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128})$/)),
);
const version = z.int().check(z.minimum(1), z.maximum(Number.MAX_SAFE_INTEGER));

export const rollbackRequest = z.looseObject({ version: z.nullish(version) });

export const canaryRequest = z.looseObject({ percent: z.int().check(z.minimum(0), z.maximum(100)), sticky });

export const aliasRequest = z.looseObject({
  shares: z
    .array(z.looseObject({ version, weight: z.nullish(z.int().check(z.minimum(1), z.maximum(1000))) }))
    .check(z.minLength(1), z.maxLength(10)),
  sticky,
});

export const replayRequest = z.looseObject({
  async: z.optional(z.boolean()),
  version: z.optional(
    z.union([version, z.string().check(z.regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/))]),
  ),
});

const span = z.nullish(z.string().check(z.regex(/^(?:\d{1,9}|(?:\d{1,9}(?:\.\d{1,9})?(?:ms|s|m|h))+)$/)));

export const alertRuleRequest = z.looseObject({
  query: z.nullish(z.string().check(z.maxLength(16_384))),
  logs: z.nullish(
    z.looseObject({
      functions: z.nullish(z.string()),
      pattern: z.string(),
      level: z.nullish(z.enum(logLevels)),
      count: z.nullish(z.int().check(z.minimum(1), z.maximum(10_000))),
      within: span,
    }),
  ),
  is: z.nullish(z.enum(comparisons)),
  threshold: z.nullish(z.number()),
  clear: z.nullish(z.number()),
  for: span,
  keepFiring: span,
  severity: z.nullish(z.enum(severities)),
  unit: z.nullish(z.enum(units)),
  labels: texts,
  subject: z.nullish(z.string()),
  summary: z.nullish(z.string()),
  action: z.nullish(z.string()),
  channels: list,
  enabled: z.nullish(z.boolean()),
});

export const silenceRequest = z.looseObject({
  matchers: z.array(z.string()).check(z.minLength(1), z.maxLength(10)),
  from: z.nullish(z.iso.datetime({ offset: true })),
  until: z.nullish(z.iso.datetime({ offset: true })),
  for: span,
  why: z.nullish(z.string()),
});

export const channelRequest = z.looseObject({
  kind: z.enum(channelKinds),
  matchers: list,
  resolved: z.nullish(z.boolean()),
  mail: z.nullish(
    z.looseObject({
      host: z.string(),
      port: z.nullish(z.int().check(z.minimum(1), z.maximum(65_535))),
      security: z.nullish(z.enum(['tls', 'starttls', 'none'])),
      user: z.nullish(z.string()),
      from: z.string(),
      to: z.array(z.string()).check(z.minLength(1)),
    }),
  ),
  password: z.nullish(z.string()),
  url: z.nullish(z.string()),
  authorization: z.nullish(z.string()),
  form: z.nullish(
    z.looseObject({ as: z.nullish(z.enum(['form', 'json'])), body: z.record(z.string(), z.unknown()) }),
  ),
  function: z.nullish(z.string()),
});

export const editedRedrive = z.looseObject({
  body: z.string(),
  encoding: z.nullish(z.enum(['utf8', 'base64'])),
  contentType: z.nullish(z.string()),
});

/** Which route takes which body. */
export const requestBodies = {
  deployFunction: functionDeployment,
  updateFunction: functionDeployment,
  deleteFunction: deleteFunctionRequest,
  scaleFunction: scaleServiceRequest,
  rollback: rollbackRequest,
  replayCall: replayRequest,
  redriveEdited: editedRedrive,
  shareCanary: canaryRequest,
  setAlias: aliasRequest,
  createToken: tokenRequest,
  putAlertRule: alertRuleRequest,
  createSilence: silenceRequest,
  putChannel: channelRequest,
  alert: alertWebhook,
  createNamespace: functionNamespace,
  updateNamespace: functionNamespace,
  createSecret: secretRequest,
  updateSecret: secretRequest,
  deleteSecret: deleteSecretRequest,
} as const;

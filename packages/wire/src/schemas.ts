/**
 * The request bodies as schemas, for the API's document. The gateway never loads this: its decoders say the same by hand
 * (fields.ts says why), and tests hold the two together.
 */
import { scopes } from '@wherry/core/access';
import { boardBounds } from '@wherry/core/board';
import { reportLengths } from '@wherry/core/report';
import * as z from 'zod/mini';
import {
  alertRuleRequest,
  alertSetRequest,
  alertWebhook,
  channelRequest,
  silenceRequest,
} from './alert-schemas.ts';
import { chartKinds, chartUnits } from './boards.ts';
import { mostKeys } from './fields.ts';
import { list, texts } from './schema-parts.ts';

const name = z.string().check(z.regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/));
const secretName = z
  .string()
  .check(
    z.regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/),
    z.maxLength(253),
  );
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

const title = z.string().check(z.maxLength(boardBounds.titleBytes));

export const boardRequest = z.looseObject({
  title: z.nullish(title),
  charts: z.nullish(
    z
      .array(
        z.looseObject({
          title: z.nullish(title),
          kind: z.nullish(z.enum(chartKinds)),
          unit: z.nullish(z.enum(chartUnits)),
          queries: z
            .array(
              z.looseObject({
                text: z.string().check(z.minLength(1), z.maxLength(boardBounds.textBytes)),
                legend: z.nullish(title),
              }),
            )
            .check(z.minLength(1), z.maxLength(boardBounds.queries)),
        }),
      )
      .check(z.maxLength(boardBounds.charts)),
  ),
  revision: z.nullish(z.int().check(z.minimum(0), z.maximum(Number.MAX_SAFE_INTEGER))),
});

const whose = { zone: z.nullish(z.string()), namespace: optionalName };

export const reportRequest = z.looseObject({
  every: z.nullish(z.enum(reportLengths)),
  of: z.nullish(z.iso.datetime({ offset: true })),
  channels: z.nullish(z.array(z.string()).check(z.maxLength(20))),
  ...whose,
});

export const subscriptionRequest = z.looseObject({
  name,
  every: z.enum(reportLengths),
  at: z.nullish(z.string().check(z.regex(/^(?:[01]?\d|2[0-3]):[0-5]\d$/))),
  channels: z.array(z.string()).check(z.minLength(1), z.maxLength(20)),
  ...whose,
});

export const exportLinkRequest = z.omit(tokenRequest, { scopes: true });

export const queueChange = z.looseObject({
  ids: z.optional(z.array(z.string()).check(z.minLength(1), z.maxLength(10_000))),
  lane: z.optional(z.string()),
  function: z.optional(z.string()),
  namespace: z.optional(z.string()),
  all: z.optional(z.boolean()),
});

export const signInRequest = z.looseObject({ code: z.string() });

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
  putAlertSet: alertSetRequest,
  tryAlertSet: alertSetRequest,
  createSilence: silenceRequest,
  putChannel: channelRequest,
  alert: alertWebhook,
  createNamespace: functionNamespace,
  updateNamespace: functionNamespace,
  createSecret: secretRequest,
  updateSecret: secretRequest,
  deleteSecret: deleteSecretRequest,
  createNamespacePlain: functionNamespace,
  putBoard: boardRequest,
  makeReport: reportRequest,
  previewReport: reportRequest,
  subscribeReport: subscriptionRequest,
  createExportLink: exportLinkRequest,
  tryAlertRule: z.optional(alertRuleRequest),
  cancelQueued: queueChange,
  redrive: queueChange,
  discard: queueChange,
  signIn: signInRequest,
} as const;

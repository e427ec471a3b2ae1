/** The bodies of requests about alerts, for the API's document. */
import { comparisons, severities, units } from '@wherry/core/alert';
import { channelKinds } from '@wherry/core/alert-channel';
import { logLevels } from '@wherry/core/rules/log-level';
import * as z from 'zod/mini';
import { list, texts } from './schema-parts.ts';

export const alertWebhook = z.looseObject({
  status: z.nullish(z.enum(['firing', 'resolved'])),
  alerts: z.array(
    z.looseObject({
      status: z.nullish(z.enum(['firing', 'resolved'])),
      labels: z.looseObject({ function_name: z.string() }),
    }),
  ),
});

const name = z.string().check(z.regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/));
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

export const alertSetRequest = z.looseObject({
  rules: z.nullish(z.record(name, alertRuleRequest)),
  channels: z.nullish(z.record(name, channelRequest)),
});

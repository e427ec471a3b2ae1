import type { FunctionSpec } from '@wherry/core/function';

/** Labels and annotations that have an effect here (packages/core/src/rules/policy.ts reads them). */
const used = new Set([
  'com.openfaas.scale.min',
  'com.openfaas.scale.max',
  'com.openfaas.scale.factor',
  'com.openfaas.scale.zero',
  'com.openfaas.scale.zero-duration',
  'com.wherry.timeout',
  'com.wherry.idle',
  'com.wherry.concurrency',
  'com.wherry.processes',
  'com.wherry.scratch',
  'com.wherry.network',
  'com.wherry.visibility',
]);

/** Those of OpenFaaS's and ours that are kept but do nothing here, or not yet; other people's are none of our business. */
export function unusedKeys(spec: FunctionSpec): readonly string[] {
  const keys = [...Object.keys(spec.labels ?? {}), ...Object.keys(spec.annotations ?? {})];
  return keys.filter((key) => /^com\.(?:openfaas|wherry)\.|^(?:topic|schedule)$/.test(key) && !used.has(key));
}

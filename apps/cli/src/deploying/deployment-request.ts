import { checkName, type FunctionName } from '@wherry/core/names';
import { policyOf } from '@wherry/core/rules/policy';
import { decodeDeployment, type FunctionDeployment, present } from '@wherry/wire/deployment';
import type { Options } from '../options.ts';

/** What the flags of `deploy` ask for, but the image. Checked here by the gateway's own rules, before anything is uploaded. */
export function deploymentRequest(name: FunctionName, image: string, options: Options): FunctionDeployment {
  const annotations = {
    ...options.keyValues('annotation', '--annotation'),
    ...ours('timeout', options.text('timeout')),
    ...ours('network', options.text('network')),
    ...ours('concurrency', options.text('concurrency')),
    ...ours('visibility', options.text('visibility')),
  };
  const secrets = options.list('secret');
  const constraints = options.list('constraint');
  const request = present<FunctionDeployment>({
    service: checkName('function', name.name),
    image,
    namespace: checkName('namespace', name.namespace),
    envProcess: options.text('fprocess'),
    envVars: options.keyValues('env', '--env'),
    labels: options.keyValues('label', '--label'),
    annotations: someOf(annotations),
    secrets: secrets.length === 0 ? undefined : secrets,
    constraints: constraints.length === 0 ? undefined : constraints,
    limits: resources(options.text('memoryLimit'), options.text('cpuLimit')),
    requests: resources(options.text('memoryRequest'), options.text('cpuRequest')),
    readOnlyRootFilesystem: options.flag('readonly') || undefined,
  });
  policyOf(decodeDeployment(request));
  return request;
}

function ours(key: string, value: string | undefined): Record<string, string> {
  return value === undefined ? {} : { [`com.wherry.${key}`]: value };
}

function someOf<T extends object>(map: T): T | undefined {
  return Object.keys(map).length === 0 ? undefined : map;
}

function resources(
  memory: string | undefined,
  cpu: string | undefined,
): { memory?: string; cpu?: string } | undefined {
  return someOf(present<{ memory?: string; cpu?: string }>({ memory, cpu }));
}

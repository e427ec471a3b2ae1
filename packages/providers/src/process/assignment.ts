import type { Deployment } from '@wherry/core/function';
import type { PackageManifest } from '@wherry/core/packages';
import type { Assignment } from '@wherry/core/ports/forwarder';
import type { Policy } from '@wherry/core/rules/policy';
import { debugPort } from './debug/debug-doors.ts';
import type { Host } from './host.ts';
import type { Runtime } from './runtimes/runtime.ts';

/** What a deployment's image means here. */
export interface Code {
  readonly folder: string;
  readonly manifest: PackageManifest;
  readonly runtime: Runtime;
  /** What the image sets, where it is one of those that are bundled. */
  readonly env: Readonly<Record<string, string>>;
}

/** What a host is told to run. */
export function assignmentOf(deployment: Deployment, policy: Policy, code: Code, host: Host): Assignment {
  const { namespace, name, env, envProcess } = deployment.spec;
  const { manifest } = code;
  const process = envProcess === undefined ? {} : { fprocess: envProcess };
  return {
    namespace,
    name,
    version: deployment.version,
    code: host.codePath,
    entry: manifest.entry,
    signature: isProgram(manifest) ? 'process' : manifest.signature,
    concurrency: policy.concurrency ?? 0,
    env: {
      ...code.env,
      ...env,
      ...process,
      OPENFAAS_NAME: name,
      OPENFAAS_NAMESPACE: namespace,
      WHERRY_SECRETS: host.secretsPath,
      ...debugVariable(policy, code, host),
      WHERRY_NETWORK: host.process.contained ? policy.network.text : 'host',
    },
    contained: host.process.contained,
  };
}

/** In a network of its own each instance listens at the usual port; where it has the machine's, at the one that was asked for. */
function debugVariable({ debug, network }: Policy, { runtime }: Code, host: Host): { WHERRY_DEBUG?: string } {
  if (debug === undefined) return {};
  const own = host.process.contained && network.kind !== 'host';
  return { WHERRY_DEBUG: `${own ? debugPort(runtime.name) : debug.port}${debug.wait ? ',wait' : ''}` };
}

/** PHP is a program too: one process for a call, as its templates have it. */
function isProgram({ runtime }: PackageManifest): boolean {
  return runtime === 'process' || runtime === 'php';
}

import type { FunctionSpec } from '@wherry/core/function';
import { Document } from 'yaml';

/** Functions as a stack file that deploys them again, byte for byte. What OpenFaaS's format cannot say is not lost: it has no such thing. */
export function writeStack(specs: readonly FunctionSpec[], gateway: string): string {
  const functions = Object.fromEntries(specs.map((spec) => [spec.name, entryOf(spec)]));
  const document = new Document({ version: '1.0', provider: { name: 'openfaas', gateway }, functions });
  // What looks like a variable is meant as it stands.
  return document.toString({ lineWidth: 0 }).replaceAll('${', () => '$${');
}

function entryOf(spec: FunctionSpec): Readonly<Record<string, unknown>> {
  const { image, namespace, envProcess, env, secrets, labels, annotations, constraints, limits, requests } =
    spec;
  const entry = {
    image,
    // There is nothing to build: what is deployed is the image.
    skip_build: true,
    namespace,
    fprocess: envProcess,
    environment: env,
    secrets,
    labels,
    annotations,
    constraints,
    limits,
    requests,
    readonly_root_filesystem: spec.readOnlyRootFilesystem,
  };
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined));
}

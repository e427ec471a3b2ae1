import { unknownKeys } from '@wherry/core/rules/known-keys';
import { decodeDeployment, type FunctionDeployment } from '@wherry/wire/deployment';
import type { Output } from '../output/output.ts';
import { escapeLine } from '../output/escape.ts';

/** Warns of each label and annotation that looks like one of ours and does nothing. */
export function warnOfKeys(output: Output, request: FunctionDeployment): void {
  for (const { key, why } of unknownKeys(decodeDeployment(request)))
    output.warn(`${request.service}: ${key} has no effect: ${why}`);
}

/** In one line: whoever deploys again without a flag rarely means to take away what it set. */
export function removedText(removed: readonly string[]): string {
  return `No longer, since a deploy replaces everything: ${removed.map(escapeLine).join(', ')}`;
}

/** What may be done next with what was deployed. */
export function stepsText(name: string, { annotations }: FunctionDeployment): string {
  // By our annotation, or by OpenFaaS's.
  const byTheClock = (annotations?.['com.wherry.schedule'] ?? annotations?.['schedule']) !== undefined;
  return [
    `\n  Call it:      wherry invoke ${name} -d "hello"`,
    `  See its log:  wherry logs ${name} -f`,
    ...(byTheClock ? ['  Its times:    wherry schedule list'] : []),
  ].join('\n');
}

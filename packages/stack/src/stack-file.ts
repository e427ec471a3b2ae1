import type { Resources, Strings } from '@wherry/core/function';
import { type Problem, StackError } from './problem.ts';
import { environmentShape, stackShape } from './stack-shape.ts';
import { substitute, SubstitutionError, type Variables } from './substitution.ts';
import { readYaml } from './yaml-reader.ts';

/** A function of a stack file, as it stands there. */
export interface StackFunction {
  readonly name: string;
  readonly namespace?: string;
  readonly lang?: string;
  readonly handler?: string;
  readonly image?: string;
  readonly fprocess?: string;
  readonly environment?: Strings;
  readonly environment_file?: readonly string[];
  readonly secrets?: readonly string[];
  readonly labels?: Strings;
  readonly annotations?: Strings;
  readonly limits?: Resources;
  readonly requests?: Resources;
  readonly constraints?: readonly string[];
  readonly readonly_root_filesystem?: boolean;
  readonly skip_build?: boolean;
  readonly build_options?: readonly string[];
  readonly build_args?: Strings;
  readonly build_secrets?: Strings;
  readonly platforms?: string;
}

export interface Stack {
  readonly path: string;
  readonly gateway: string | undefined;
  readonly functions: readonly StackFunction[];
  readonly templates: readonly { readonly name?: string; readonly source?: string }[];
  readonly copy: readonly string[];
  readonly warnings: readonly Problem[];
}

/** Reads a stack file. `variables` undefined leaves `${…}` as it stands. Throws StackError. */
export function readStack(text: string, path: string, variables: Variables | undefined): Stack {
  const replaced = variables === undefined ? text : substituted(text, path, variables);
  const warnings: Problem[] = [];
  const { value, at } = readYaml(replaced, path, stackShape, (warning) => warnings.push(warning));
  const file = (value ?? {}) as {
    provider?: { gateway?: string };
    functions?: Record<string, Omit<StackFunction, 'name'>>;
    configuration?: { templates?: Stack['templates']; copy?: readonly string[] };
  };
  const functions = Object.entries(file.functions ?? {}).map(([name, fn]) => ({ name, ...fn }));
  const problems = functions
    .filter(({ handler, image }) => handler === undefined && image === undefined)
    .map(({ name }) => ({
      what: `functions.${name}: neither handler nor image`,
      ...at('functions', name),
      next: 'Give the folder with its code as handler, or an image',
    }));
  if (functions.length === 0)
    problems.push({
      what: 'there are no functions in it',
      ...at('functions'),
      next: 'Name them below functions:, as in https://docs.openfaas.com/reference/yaml',
    });
  if (problems.length > 0) throw new StackError(path, replaced, problems);
  return {
    path,
    gateway: file.provider?.gateway,
    functions,
    templates: file.configuration?.templates ?? [],
    copy: file.configuration?.copy ?? [],
    warnings,
  };
}

/** The variables of a file that `environment_file` names. Throws StackError. */
export function readEnvironmentFile(text: string, path: string): Strings {
  const { value } = readYaml(text, path, environmentShape, () => undefined);
  return (value as { environment?: Strings } | undefined)?.environment ?? {};
}

function substituted(text: string, path: string, variables: Variables): string {
  try {
    return substitute(text, variables);
  } catch (error) {
    if (!(error instanceof SubstitutionError)) throw error;
    const before = text.slice(0, error.at).split('\n');
    const place = { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
    throw new StackError(path, text, [
      {
        what: error.message,
        ...place,
        next: 'Write "$${" for a "${" that is meant as it stands, or give --envsubst=false',
      },
    ]);
  }
}

import type { Stack } from '@wherry/stack/stack-file';
import type { Context } from '../context.ts';
import { openStack, stackPath } from '../deploying/stack.ts';
import { usageError } from '../failures.ts';

/** The functions that a command is about: those of a stack file, or the one that its flags describe. */
export async function stackOrFlags(context: Context): Promise<Stack> {
  const { options } = context;
  const handler = options.text('handler') ?? options.text('from');
  if (handler === undefined || options.text('yaml') !== undefined) {
    const path = stackPath(context);
    if (path !== undefined) return openStack(context, path);
    throw usageError(
      'there is no stack.yaml here',
      'Begin a function: wherry new NAME. Or name a stack file with -f, or code with --handler',
    );
  }
  const name = context.functionName();
  const [lang, image] = [options.text('lang'), options.text('image')];
  const fn = {
    name: name.name,
    namespace: name.namespace,
    handler,
    ...(lang === undefined ? {} : { lang }),
    ...(image === undefined ? {} : { image }),
  };
  return { path: handler, gateway: undefined, functions: [fn], templates: [], copy: [], warnings: [] };
}

import { defaultNamespace, type FunctionName } from '@wherry/core/names';
import type { Client } from '@wherry/wire/client';
import { ClientError } from '@wherry/wire/client-error';
import { similar } from '@wherry/core/rules/similar';

/** Runs `work`; where the function it is about turns out unknown, the error gains the name that was probably meant. */
export async function suggesting<T>(client: Client, name: FunctionName, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ClientError) || error.status !== 404) throw error;
    throw await withSuggestion(client, name, error);
  }
}

export async function withSuggestion(
  client: Client,
  name: FunctionName,
  error: ClientError,
): Promise<ClientError> {
  if (/did you mean/i.test(error.report.cause)) return error; // the gateway has seen it too
  const known = await client.listFunctions(name.namespace).catch(() => []);
  const names = known.map((one) => one.name);
  // The function is there, and what is missing is something of it.
  if (names.includes(name.name)) return error;
  const meant = similar(name.name, names);
  const { report, status } = error;
  // A gateway of OpenFaaS says nothing but 404.
  const told = report.code.startsWith('http_')
    ? {
        ...report,
        code: 'function_unknown',
        title: 'No such function',
        cause: unknown(name),
        next: 'See what is deployed: wherry list',
      }
    : report;
  return new ClientError(
    meant === undefined ? told : { ...told, next: `Did you mean ${meant}? ${told.next}` },
    status,
    error,
  );
}

function unknown({ name, namespace }: FunctionName): string {
  return `nothing called ${name} is deployed${namespace === defaultNamespace ? '' : ` in ${namespace}`}`;
}

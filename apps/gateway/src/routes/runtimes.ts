import { WherryError } from '@wherry/core/errors';
import { printable } from '@wherry/core/names';
import { Fields } from '@wherry/wire/fields';
import { answerBuild } from '../http/build-answer.ts';
import { answerJson } from '../http/json-answer.ts';
import type { Handler } from '../http/router.ts';
import type { Server } from '../start/server.ts';

/** Every language in every version that functions can run in here. */
export function listRuntimes({ runtimes }: Server): Handler {
  return async (exchange) => {
    const all = await runtimes.list();
    answerJson(
      exchange.response,
      200,
      all.map(({ name, version }) => ({ name, version })),
    );
  };
}

/** Fetches a version of Node into the data folder; the answer is the log, as a build's. */
export function addRuntime({ runtimes }: Server): Handler {
  return async (exchange) => {
    const name = new Fields(await exchange.json()).text('name') ?? '';
    const major = Number(/^node@?(\d{2})$/.exec(name)?.[1] ?? 0);
    if (!(major >= 18 && major < 100))
      throw new WherryError('bad_value', `name: ${printable(name)} is not a version of Node such as node20`, {
        component: 'gateway',
        next: 'Name a version of Node from 18 on; other languages are installed with the system’s own tools.',
      });
    await answerBuild(exchange.response, true, async (told, signal) => {
      const version = await runtimes.addNode(major, told, signal);
      return { log: [`Node ${version} is here`], status: 'success', runtime: `node${major}` };
    });
  };
}

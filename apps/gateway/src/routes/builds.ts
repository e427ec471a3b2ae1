import { functionOfImage } from '@wherry/core/build';
import { builtLine, decodeBuild } from '@wherry/wire/builds';
import { answerBuild } from '../http/build-answer.ts';
import type { Handler } from '../http/router.ts';
import type { Server } from '../start/server.ts';

/** Builds what was uploaded; the answer is the build's log as it comes, and at the end the image to deploy. */
export function build({ platform }: Server): Handler {
  return async (exchange) => {
    const order = decodeBuild(await exchange.json());
    exchange.about(order);
    // A name is given to what is built: who may not deploy the function that it speaks of, may not give it.
    const { namespace, reference } = order;
    if (reference !== undefined) exchange.about({ namespace, name: functionOfImage(reference) });
    if (reference !== undefined) exchange.note({ image: reference });
    await answerBuild(exchange.response, true, async (told, signal) => {
      exchange.note({ result: 'failed' });
      const built = await platform.builds.build(order, told, signal);
      exchange.note({ result: 'built', package: built.digest });
      return builtLine(order.name, built);
    });
  };
}

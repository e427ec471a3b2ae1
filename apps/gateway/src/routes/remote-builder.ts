import { createHash } from 'node:crypto';
import { functionOfImage } from '@wherry/core/build';
import { defaultNamespace } from '@wherry/core/names';
import { builtLine } from '@wherry/wire/builds';
import { answerBuild } from '../http/build-answer.ts';
import { answerJson } from '../http/json-answer.ts';
import type { Handler } from '../http/router.ts';
import type { Server } from '../start/server.ts';

/**
 * OpenFaaS's remote builder, for `faas-cli publish --remote-builder`. No token: whoever signs with the payload secret may build, and what
 * is built stands under its image's name for everybody who may deploy.
 */
export function remoteBuild({ platform, remoteBuilder }: Server): Handler {
  return async (exchange) => {
    const { request, response, body } = exchange;
    const signature = request.headers['x-build-signature'];
    const order = await remoteBuilder.take(body, typeof signature === 'string' ? signature : undefined);
    exchange.trail?.about({ namespace: defaultNamespace, name: order.image });
    await exchange.trail?.begin();
    const streamed = request.headers.accept?.includes('application/x-ndjson') === true;
    await answerBuild(response, streamed, async (told, signal) => {
      for (const run of order.notDone) told(`Not done, because there is no engine: RUN ${run}`);
      const name = functionOfImage(order.image);
      const built = await platform.builds.build(
        {
          name,
          namespace: defaultNamespace,
          source: order.source.digest,
          args: order.args,
          secrets: order.secrets,
          fresh: false,
          reference: order.image,
          everywhere: true,
        },
        told,
        signal,
      );
      return builtLine(name, built, order.image);
    });
  };
}

/** What build secrets are sealed for. */
export function publicKey({ remoteBuilder }: Server): Handler {
  return ({ response }) => {
    const key = remoteBuilder.publicKey;
    const id = createHash('sha256').update(key).digest('hex').slice(0, 16);
    answerJson(response, 200, {
      key_id: id,
      algorithm: 'nacl/box',
      public_key: Buffer.from(key).toString('base64'),
    });
  };
}

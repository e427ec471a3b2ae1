import { functionOfImage } from '@wherry/core/build';
import { WherryError } from '@wherry/core/errors';
import { decodeImage, encodeImage } from '@wherry/wire/builds';
import { namespaceOf } from '@wherry/wire/queries';
import { answerEmpty, answerJson } from '../http/json-answer.ts';
import type { Handler } from '../http/router.ts';
import type { Server } from '../start/server.ts';

/** Names that stand for packages in a namespace, those that stand for them everywhere among them. */
export function listImages({ platform }: Server): Handler {
  return async (exchange) => {
    const namespace = namespaceOf(exchange.query);
    const all = await platform.builds.list();
    const visible = all.filter(
      (named) =>
        (named.namespace === '' || named.namespace === namespace) &&
        exchange.may({ namespace, name: functionOfImage(named.reference) }),
    );
    answerJson(exchange.response, 200, visible.map(encodeImage));
  };
}

/** What `push` does with a package: it is here already, and gets a name. */
export function nameImage({ platform }: Server): Handler {
  return async (exchange) => {
    const { reference, namespace, digest } = decodeImage(await exchange.json(), exchange.query);
    exchange.about({ namespace, name: functionOfImage(reference) });
    exchange.note({ image: reference, ...(digest === undefined ? {} : { package: digest }) });
    if (digest === undefined)
      throw new WherryError('bad_value', 'package: missing', { component: 'gateway' });
    answerJson(exchange.response, 200, encodeImage(await platform.builds.name(namespace, reference, digest)));
  };
}

export function unnameImage({ platform }: Server): Handler {
  return async (exchange) => {
    const { reference, namespace } = decodeImage(await exchange.json(), exchange.query);
    exchange.about({ namespace, name: functionOfImage(reference) });
    exchange.note({ image: reference });
    await platform.builds.unname(namespace, reference);
    answerEmpty(exchange.response, 202);
  };
}

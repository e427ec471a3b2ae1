import { WherryError } from '@wherry/core/errors';
import { decodeAllowed, decodeDigest, encodePackage } from '@wherry/wire/packages';
import { answerJson } from '../http/json-answer.ts';
import type { Handler } from '../http/router.ts';
import type { Server } from '../start/server.ts';

/** Takes an archive of code, checks all of it and keeps it under its digest. */
export function uploadPackage({ packages }: Server): Handler {
  return async (exchange) => {
    const stored = await packages.put(exchange.body, decodeAllowed(exchange.query));
    exchange.trail?.about({ name: stored.digest });
    answerJson(exchange.response, 200, encodePackage(stored));
  };
}

export function readPackage({ packages }: Server): Handler {
  return async (exchange) => {
    const digest = decodeDigest(exchange.param('digest'));
    const stored = await packages.get(digest);
    if (stored === undefined) {
      throw new WherryError('package_absent', `package ${digest.slice(0, 12)} is not here`, {
        component: 'gateway',
      });
    }
    answerJson(exchange.response, 200, encodePackage(stored));
  };
}

import { permissionsOf } from '@wherry/engine/store/store-book';
import { encodeStoreItem } from '@wherry/wire/store';
import { answerJson } from '../http/json-answer.ts';
import type { Handler } from '../http/router.ts';
import type { Server } from '../start/server.ts';

/** As OpenFaaS spells architectures. */
const architecture = { x64: 'x86_64', arm64: 'arm64', arm: 'armhf' }[process.arch as string] ?? 'x86_64';

export function listStore({ platform }: Server): Handler {
  return async ({ response }) => {
    const entries = await platform.store.list();
    const functions = entries.map((entry) => encodeStoreItem(entry, permissionsOf(entry)));
    answerJson(response, 200, { version: '0.2.1', functions });
  };
}

export function readStoreItem({ platform }: Server): Handler {
  return async (exchange) => {
    const entry = await platform.store.find(exchange.param('name'));
    answerJson(exchange.response, 200, encodeStoreItem(entry, permissionsOf(entry)));
  };
}

/** Fetches and checks what the entry needs, and says what to deploy; deploying it is a deploy like any other. */
export function orderStoreItem({ platform }: Server): Handler {
  return async (exchange) => {
    const entry = await platform.store.find(exchange.param('name'));
    const image = await platform.store.imageOf(entry, architecture);
    answerJson(exchange.response, 200, { image, item: encodeStoreItem(entry, permissionsOf(entry)) });
  };
}

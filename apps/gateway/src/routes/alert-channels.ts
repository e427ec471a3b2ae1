import type { Channel } from '@wherry/core/alert-channel';
import {
  type ChannelRemoved,
  type ChannelTest,
  decodeChannel,
  encodeChannel,
} from '@wherry/wire/alert-channels';
import { answerJson } from '../http/json-answer.ts';
import type { Handler } from '../http/router.ts';
import type { Server } from '../start/server.ts';

/** Who is told of alerts. What is secret goes in and never comes out. */
export function listChannels({ platform }: Server): Handler {
  return async ({ response }) => {
    const { channels, fates } = platform.alerts;
    const lost = await channels.unreadable();
    // A function is called without any secret.
    const readable = ({ name, kind }: Channel): boolean => kind === 'function' || !lost.has(name);
    const all = channels.list();
    const news = await fates.news(all);
    answerJson(
      response,
      200,
      all.map((channel) => encodeChannel(channel, readable(channel), news.get(channel.name))),
    );
  };
}

export function putChannel({ platform }: Server): Handler {
  return async (exchange) => {
    const { channel, secret } = decodeChannel(exchange.param('name'), await exchange.json());
    exchange.note({
      kind: channel.kind,
      ...(channel.origin === undefined ? {} : { origin: channel.origin }),
    });
    await platform.alerts.channels.put(channel, secret);
    answerJson(exchange.response, 200, encodeChannel(channel, true));
  };
}

export function deleteChannel({ platform }: Server): Handler {
  return async (exchange) => {
    const gone = await platform.alerts.channels.remove(exchange.param('name'));
    exchange.note({ waiting: String(gone.waiting), dead: String(gone.dead) });
    answerJson(exchange.response, 202, gone satisfies ChannelRemoved);
  };
}

/** The id of the delivery: `wherry queue show` has its attempts. A heartbeat has none, and is answered with what came back. */
export function testChannel({ platform: { alerts } }: Server): Handler {
  return async (exchange) => {
    const channel = alerts.channels.get(exchange.param('name'));
    if (channel.kind === 'heartbeat') {
      const beat = await alerts.beat(channel);
      exchange.note({ heard: String(beat.heard) });
      return answerJson(exchange.response, 200, { beat } satisfies ChannelTest);
    }
    const delivery = await alerts.test(channel.name);
    answerJson(exchange.response, 202, { delivery } satisfies ChannelTest);
  };
}

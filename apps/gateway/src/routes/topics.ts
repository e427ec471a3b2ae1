import type { PublishedMessage, TopicInfo } from '@wherry/wire/topics';
import { answerJson } from '../http/json-answer.ts';
import type { Handler } from '../http/router.ts';
import type { Server } from '../start/server.ts';

/** Of the functions that are the asker's business. */
export function listTopics({ platform }: Server): Handler {
  return (exchange) => {
    const topics = platform.topics
      .list((fn) => exchange.may(fn))
      .map(([topic, subscribers]): TopicInfo => {
        return { topic, subscribers: subscribers.map(({ name, namespace }) => ({ name, namespace })) };
      });
    answerJson(exchange.response, 200, topics);
  };
}

/** What comes is the message, byte for byte, and its headers go along. Those hear it whom the speaker may call. */
export function publishMessage(server: Server): Handler {
  const { topics, settings } = server.platform;
  return async (exchange) => {
    const { request, principal: by } = exchange;
    const topic = exchange.param('topic');
    const body = await exchange.bytes(settings.queue.maxBodyBytes, 'message (WHERRY_QUEUE_MAX_BODY)');
    const { from, depth } = server.originOf(request);
    const calls = await topics.publish({
      ...{ topic, headers: request.rawHeaders, body, by, from },
      ...(depth === undefined ? {} : { depth }),
    });
    answerJson(exchange.response, 202, { topic, calls } satisfies PublishedMessage);
  };
}

import type { IncomingMessage } from 'node:http';
import { WherryError } from '@wherry/core/errors';
import type { Body } from '@wherry/core/ports/body';
import type { PublishedMessage, TopicInfo } from '@wherry/wire/topics';
import { answerJson } from '../http/json-answer.ts';
import { requestBody } from '../http/request-body.ts';
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
  const { topics } = server.platform;
  return async (exchange) => {
    const { request, principal: by } = exchange;
    const topic = exchange.param('topic');
    const body = await bodyOf(request);
    const { from, depth } = server.originOf(request);
    const calls = await topics.publish({
      ...{ topic, headers: request.rawHeaders, body, by, from },
      ...(depth === undefined ? {} : { depth }),
    });
    answerJson(exchange.response, 202, { topic, calls } satisfies PublishedMessage);
  };
}

/** Never settles when the caller goes away before a small body was complete: then nobody waits. */
function bodyOf(request: IncomingMessage): Promise<Body> {
  return new Promise((resolve, reject) =>
    requestBody(request, resolve, () =>
      reject(new WherryError('request_slow', 'the message did not come', { component: 'gateway' })),
    ),
  );
}

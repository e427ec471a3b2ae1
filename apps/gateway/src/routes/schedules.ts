import type { ScheduleView } from '@wherry/engine/schedules/schedule-book';
import { functionNamed, parameter } from '@wherry/wire/queries';
import { encodeSchedule, type LastRun, type ScheduledRun } from '@wherry/wire/schedules';
import { answerEmpty, answerJson } from '../http/json-answer.ts';
import type { Exchange } from '../http/exchange.ts';
import type { Handler } from '../http/router.ts';
import type { Server } from '../start/server.ts';

/** Every schedule, or those of one namespace, with what became of the newest call. */
export function listSchedules({ platform }: Server): Handler {
  return async (exchange) => {
    const namespace = parameter(exchange.query, 'namespace');
    const visible = platform.schedules
      .list()
      .filter((one) => exchange.may(one) && (namespace === undefined || one.namespace === namespace));
    const shown = await Promise.all(
      visible.map(async (one) => encodeSchedule(one, await lastRun(platform, one))),
    );
    answerJson(exchange.response, 200, shown);
  };
}

export function pauseSchedule({ platform }: Server, paused: boolean): Handler {
  return async (exchange) => {
    await platform.schedules.pause(named(exchange), paused);
    answerEmpty(exchange.response, 202);
  };
}

export function runSchedule({ platform }: Server): Handler {
  return async (exchange) => {
    const of = named(exchange);
    const call = await platform.schedules.run(of);
    exchange.note({ queued: call });
    exchange.response.setHeader('X-Call-Id', call);
    answerJson(exchange.response, 202, { ...of, call } satisfies ScheduledRun);
  };
}

function named(exchange: Exchange): { readonly name: string; readonly namespace: string } {
  const of = functionNamed(exchange.param('name'), parameter(exchange.query, 'namespace'));
  exchange.about(of);
  return of;
}

async function lastRun({ queue }: Server['platform'], { last }: ScheduleView): Promise<LastRun | undefined> {
  if (last === undefined) return undefined;
  const [call] = await queue.find({ id: last.call, limit: 1 });
  if (call === undefined) return undefined;
  const status = call.result?.status ?? call.note?.status;
  return {
    state: call.state,
    ...(status === undefined ? {} : { status }),
    ...(call.note === undefined || call.state === 'done' ? {} : { cause: call.note.cause }),
  };
}

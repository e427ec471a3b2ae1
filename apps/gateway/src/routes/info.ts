import { encodeInfo } from '@wherry/wire/info';
import { answerJson } from '../http/json-answer.ts';
import type { Handler } from '../http/router.ts';
import type { Server } from '../start/server.ts';

export function info({ platform, release }: Server): Handler {
  return (exchange) =>
    answerJson(
      exchange.response,
      200,
      encodeInfo({ orchestration: platform.report.name, ...release, arch: process.arch }),
    );
}

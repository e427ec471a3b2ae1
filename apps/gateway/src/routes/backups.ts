import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { backupContentType, encodeBackup } from '@wherry/wire/backups';
import { rfc3339 } from '@wherry/wire/times';
import { answerJson } from '../http/json-answer.ts';
import type { Handler } from '../http/router.ts';
import type { Server } from '../start/server.ts';

/** A backup as it is made. What fails before its first byte has a status; after that the connection breaks, and the reader sees that. */
export function backup({ platform }: Server): Handler {
  return async ({ query, response }) => {
    const bytes = platform.backups.stream(query.get('history') !== '0');
    const first = await bytes.next();
    response.writeHead(200, {
      'Content-Type': backupContentType,
      'Content-Disposition': 'attachment; filename="wherry.backup.tar.gz"',
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'no-store',
    });
    if (first.done !== true) response.write(first.value);
    try {
      await pipeline(Readable.from(bytes, { objectMode: false }), response);
    } catch (error) {
      // Gone, or broken off by us: pipeline has cut the connection, and a backup that was cut off can be told.
      if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
    }
  };
}

export function listBackups({ platform }: Server): Handler {
  return async ({ response }) => {
    const [{ every, failure }, backups] = await Promise.all([
      platform.backups.state(),
      platform.backups.list(),
    ]);
    answerJson(response, 200, {
      ...(every === undefined ? {} : { every }),
      ...(failure === undefined ? {} : { failure: { ...failure, at: rfc3339(failure.at) } }),
      backups: backups.map(encodeBackup),
    });
  };
}

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { AuditLog } from '@wherry/core/ports/audit-log';
import {
  auditCsvHead,
  auditCsvRow,
  auditHeadLine,
  auditLine,
  decodeAuditQuery,
  decodeExportFormat,
  encodeAudit,
  encodeVerdict,
  type ExportFormat,
} from '@wherry/wire/audit';
import { answerJson } from '../http/json-answer.ts';
import type { Handler } from '../http/router.ts';
import type { Server } from '../start/server.ts';

const pageRows = 500;

export function listAudit({ platform }: Server): Handler {
  return async ({ query, response }) => {
    const found = await platform.audit.log.find(decodeAuditQuery(query));
    answerJson(response, 200, found.map(encodeAudit));
  };
}

export function verifyAudit({ platform }: Server): Handler {
  return async ({ response }) => answerJson(response, 200, encodeVerdict(await platform.audit.log.verify()));
}

/** Everything up to now, page by page, as fast as it is taken. */
export function exportAudit({ platform }: Server): Handler {
  return async ({ query, response }) => {
    const format = decodeExportFormat(query);
    const lines = exported(platform.audit.log, format);
    const first = await lines.next();
    response.writeHead(200, {
      'Content-Type': format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson',
      'Content-Disposition': `attachment; filename="audit.${format}"`,
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'no-store',
    });
    if (first.done !== true) response.write(first.value);
    try {
      await pipeline(Readable.from(lines, { highWaterMark: 1 }), response);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
    }
  };
}

async function* exported(log: AuditLog, format: ExportFormat): AsyncGenerator<string> {
  const head = await log.head();
  if (format === 'csv') yield auditCsvHead;
  for (let after = 0; after < head.seq; ) {
    const rows = await log.read(after, pageRows);
    const upTo = rows.filter(({ seq }) => seq <= head.seq);
    if (upTo.length === 0) break;
    yield upTo.map(format === 'csv' ? auditCsvRow : auditLine).join('');
    after = upTo.at(-1)!.seq;
  }
  if (format === 'jsonl') yield auditHeadLine(head);
}

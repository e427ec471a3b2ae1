import { WherryError } from '@wherry/core/errors';
import { printable } from '@wherry/core/names';
import type { Report } from '@wherry/core/report';
import { rendered } from '@wherry/engine/reports/rendered';
import {
  decodeReportFormat,
  decodeReportWish,
  decodeSubscription,
  encodeReport,
  encodeReportDetail,
  encodeSubscription,
} from '@wherry/wire/reports';
import { answerEmpty, answerJson } from '../http/json-answer.ts';
import type { Handler } from '../http/router.ts';
import type { Server } from '../start/server.ts';
import { type Viewer, viewerOf } from '../tables/viewer.ts';

/** Reports on what the asker may see all of. */
export function listReports({ platform }: Server): Handler {
  return async ({ principal, response }) => {
    const viewer = viewerOf(principal);
    const visible = (await platform.reports.list()).filter((report) => maySee(viewer, report));
    answerJson(
      response,
      200,
      visible.map((report) => encodeReport(report, viewer.admin)),
    );
  };
}

/** As a page, as text, or as the numbers. What is in it was chosen by others: nothing of it runs, and nothing is fetched. */
export function readReport({ platform }: Server): Handler {
  return async ({ principal, query, response, params }) => {
    const format = decodeReportFormat(query);
    const viewer = viewerOf(principal);
    const found = await platform.reports.get(params['id'] ?? '');
    // Whose business it is not is told the same as where there is none.
    if (!maySee(viewer, found))
      throw new WherryError('report_unknown', `${printable(found.id)} is no report here`, {
        component: 'reports',
      });
    const report = viewer.admin ? found : withoutSecurity(found);
    if (format === 'json') return answerJson(response, 200, encodeReportDetail(report, viewer.admin));
    const { text, html } = rendered(report);
    response.writeHead(200, {
      'Content-Type': `text/${format === 'html' ? 'html' : 'plain'}; charset=utf-8`,
      'Content-Security-Policy':
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox",
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'Cache-Control': 'no-store',
    });
    response.end(format === 'html' ? html : text);
  };
}

export function makeReport({ platform }: Server): Handler {
  return async (exchange) => {
    const wish = decodeReportWish(await exchange.json());
    const report = await platform.reports.make(wish);
    exchange.note({ report: report.id, channels: wish.channels.map(shortly).join(' ') });
    answerJson(exchange.response, 200, encodeReport(report, true));
  };
}

/** What a report would say. Nothing is kept, so that whoever looks around leaves nothing behind. */
export function previewReport({ platform }: Server): Handler {
  return async (exchange) => {
    const report = await platform.reports.preview(decodeReportWish(await exchange.json()));
    answerJson(exchange.response, 200, encodeReportDetail(report, true));
  };
}

export function pauseReportSubscription({ platform }: Server, paused: boolean): Handler {
  return async (exchange) => {
    await platform.reports.pause(exchange.param('name'), paused);
    answerEmpty(exchange.response, 202);
  };
}

export function listReportSubscriptions({ platform }: Server): Handler {
  const { reports } = platform;
  return async ({ response }) => {
    const all = await reports.subscriptions();
    answerJson(
      response,
      200,
      all.map((one) => encodeSubscription(one, reports.nextOf(one))),
    );
  };
}

export function subscribeReport({ platform }: Server): Handler {
  return async (exchange) => {
    const wish = decodeSubscription(await exchange.json());
    const { every, zone, channels } = wish;
    exchange.note({ every, zone, channels: channels.map(shortly).join(' ') });
    const subscription = await platform.reports.subscribe(wish);
    answerJson(
      exchange.response,
      200,
      encodeSubscription(subscription, platform.reports.nextOf(subscription)),
    );
  };
}

export function unsubscribeReport({ platform }: Server): Handler {
  return async (exchange) => {
    await platform.reports.unsubscribe(exchange.param('name'));
    answerEmpty(exchange.response, 202);
  };
}

/** No function is called `*`: only who may see every function of a namespace may see that one. */
function maySee(viewer: Viewer, { namespace }: Pick<Report, 'namespace'>): boolean {
  return namespace === undefined ? viewer.everything : viewer.may({ namespace, name: '*' });
}

function withoutSecurity(report: Report): Report {
  const { security: _, ...figures } = report.figures;
  return { ...report, figures };
}

/** The path of an address is often its key. */
function shortly(channel: string): string {
  const url = channel.replace(/^webhook:/, '');
  return url === channel || !URL.canParse(url) ? channel : `webhook:${new URL(url).origin}`;
}

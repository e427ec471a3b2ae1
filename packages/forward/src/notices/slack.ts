import type { Notice } from '@wherry/core/alert-channel';
import { alertLines, headline } from './notice-text.ts';

/** Slack takes fifty blocks of three thousand characters. */
const mostAlerts = 20;
const longestBlock = 2_900;

/** Blocks of plain text, in which nothing is markup; `text`, for notifications, is escaped as Slack wants it. */
export function slackMessage(notice: Notice): object {
  const beyond = notice.alerts.length - mostAlerts + notice.more;
  const texts = [
    ...notice.alerts.slice(0, mostAlerts).map((alert) => alertLines(alert).join('\n')),
    ...(beyond > 0 ? [`and ${beyond} more: wherry alerts`] : []),
    `From ${notice.source}`,
  ];
  return {
    text: escaped(headline(notice)),
    blocks: [
      { type: 'header', text: plain(headline(notice).slice(0, 150)) },
      ...texts.map((text) => ({ type: 'section', text: plain(text.slice(0, longestBlock)) })),
    ],
  };
}

function plain(text: string): object {
  return { type: 'plain_text', text, emoji: false };
}

/** `<!channel>`, `<@U1>` and links begin with a bracket; the other marks get a space of no width, so that they are none. */
function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[*_~`@:]/g, '$&\u200b');
}

import type { Letter, Notice } from '@wherry/core/alert-channel';
import { plainLine } from '@wherry/core/rules/alert-text';
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

/** Slack takes so many blocks beside the heading, and forty thousand characters in all. */
const mostParts = 12;

/** A letter's parts in letters of one width, so that columns stay columns; nothing in them is markup. */
export function slackLetter({ subject, short, text }: Letter): object {
  // The first line is the subject again.
  const parts = text.trim().split('\n\n').slice(1);
  const left = parts.length - mostParts;
  const shown = [...parts.slice(0, mostParts), ...(left > 0 ? [`and ${left} more: wherry reports`] : [])];
  return {
    text: escaped(plainLine(short, 300)),
    blocks: [
      { type: 'header', text: plain(plainLine(subject, 150)) },
      ...shown.map((part) => ({ type: 'rich_text', elements: [preformatted(part.slice(0, longestBlock))] })),
    ],
  };
}

function preformatted(text: string): object {
  return { type: 'rich_text_preformatted', elements: [{ type: 'text', text }] };
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

import type { Notice, NoticeAlert } from '@wherry/core/alert-channel';
import { plainLine } from '@wherry/core/rules/alert-text';

/** Signs that a short message has. */
export const mostShort = 300;

/** One line that says it all. */
export function headline({ status, severity, title }: Notice): string {
  return plainLine(`[${status === 'firing' ? severity : 'over'}] ${title}`, 200);
}

/** What is said of one alert, a line each; labels that say nothing new are left out. */
export function alertLines(alert: NoticeAlert): readonly string[] {
  const { status, summary, sentence, action, value, startsAt, endsAt } = alert;
  const when =
    status === 'resolved' && endsAt !== undefined
      ? `from ${time(startsAt)} to ${time(endsAt)}`
      : `since ${time(startsAt)}`;
  const lines = [
    `${status === 'resolved' ? 'Over: ' : ''}${summary}`,
    `${sentence}; it is ${value}; ${when}`,
    ...(status === 'firing' && action !== '' ? [`What to do: ${action}`] : []),
  ];
  return lines.map((line) => plainLine(line));
}

/** The whole message as plain text. */
export function plainText(notice: Notice): string {
  const blocks = notice.alerts.map((alert) => alertLines(alert).join('\n'));
  const more = notice.more > 0 ? [`and ${notice.more} more: wherry alerts`] : [];
  return [headline(notice), ...blocks, ...more, `From ${plainLine(notice.source, 200)}`].join('\n\n');
}

/** For telephones. */
export function shortText(notice: Notice): string {
  const rest = notice.alerts.length + notice.more - 1;
  return plainLine(`Wherry ${headline(notice)}${rest > 0 ? ` (+${rest})` : ''}`, mostShort);
}

function time(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}

import type { ClientReport } from '../failures.ts';
import { escapeControls, escapeLine } from './escape.ts';
import type { Style } from './style.ts';

/** What failed (code) · why · what to do · which call, and the excerpt under it. */
export function failureText(report: ClientReport, style: Style): string {
  const lines = [
    `${style.bad('✗')} ${style.strong(escapeLine(report.title))} ${style.dim(`(${escapeLine(report.code)})`)}`,
  ];
  const add = (label: string, text: string | undefined) => {
    if (text)
      lines.push(`  ${label.padEnd(5)} ${escapeControls(text).trimEnd().replaceAll('\n', '\n        ')}`);
  };
  add('why', report.cause);
  add('next', report.next);
  add('call', report.callId);
  if (report.excerpt) {
    for (const line of escapeControls(report.excerpt).trimEnd().split('\n'))
      lines.push(`  ${style.dim('│')} ${line}`);
  }
  return `${lines.join('\n')}\n`;
}

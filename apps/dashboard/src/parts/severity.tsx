import type { AlertInfo } from '@wherry/wire/alert-lists';

type Severity = NonNullable<AlertInfo['severity']>;

const looks: Readonly<
  Record<Severity, { readonly tone: string; readonly shape: string; readonly word: string }>
> = {
  critical: { tone: 'text-bad', shape: '■', word: 'Critical' },
  major: { tone: 'text-bad', shape: '◆', word: 'Major' },
  warning: { tone: 'text-warn', shape: '▲', word: 'Warning' },
  info: { tone: 'text-info', shape: '●', word: 'Info' },
};

/** How bad an alert is: a colour, a shape and a word. */
export function SeverityChip({ severity = 'info' }: { severity?: Severity | undefined }) {
  const { tone, shape, word } = looks[severity];
  return (
    <span className={`inline-flex items-center gap-1.5 whitespace-nowrap ${tone}`}>
      <span aria-hidden>{shape}</span>
      {word}
    </span>
  );
}

/** The colour at the edge of something that tells of an alert. */
export const severityEdge = (severity: Severity = 'info'): string =>
  ({ critical: 'border-l-bad', major: 'border-l-bad', warning: 'border-l-warn', info: 'border-l-info' })[
    severity
  ];

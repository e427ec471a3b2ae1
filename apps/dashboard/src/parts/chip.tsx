import type { FunctionStatus } from '@wherry/wire/function-status';

type Status = NonNullable<FunctionStatus['wherryStatus']>;

/** Each meaning has a colour, a shape and a word. */
const looks: Readonly<
  Record<Status, { readonly tone: string; readonly shape: string; readonly word: string }>
> = {
  awake: { tone: 'text-ok', shape: '●', word: 'Awake' },
  asleep: { tone: 'text-neutral', shape: '☾', word: 'Asleep' },
  starting: { tone: 'text-info', shape: '◐', word: 'Starting' },
  'backing-off': { tone: 'text-warn', shape: '▲', word: 'Backing-off' },
  broken: { tone: 'text-bad', shape: '■', word: 'Broken' },
};

export function StatusChip({ status }: { status: Status | undefined }) {
  const { tone, shape, word } = status === undefined ? unknown : looks[status];
  return (
    <span className={`inline-flex items-center gap-1.5 whitespace-nowrap ${tone}`}>
      <span aria-hidden>{shape}</span>
      {word}
    </span>
  );
}

const unknown = { tone: 'text-neutral', shape: '○', word: 'Unknown' };

export function HttpStatus({ status }: { status: number }) {
  const [tone, shape] =
    status >= 500 ? ['text-bad', '■'] : status >= 400 ? ['text-warn', '▲'] : ['text-ok', '●'];
  return (
    <span className={`inline-flex items-center gap-1.5 ${tone}`}>
      <span aria-hidden>{shape}</span>
      {status}
    </span>
  );
}

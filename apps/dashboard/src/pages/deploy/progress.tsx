import { type Phase, phases } from '../../deploying/deploying.ts';
import { Failure } from '../../parts/states.tsx';

const words: Readonly<Record<Phase, string>> = {
  pack: 'Pack the code',
  upload: 'Upload it',
  build: 'Build it',
  start: 'Start it, to see that it does',
};

/** How far a deployment has come, what its build says, and why it went no further. */
export function DeployProgress({
  phase,
  log,
  error,
  done,
}: {
  phase: Phase;
  log: readonly string[];
  error: Error | null;
  done: boolean;
}) {
  const at = phases.indexOf(phase);
  return (
    <section aria-label="Progress" className="panel mt-4 space-y-3 p-4">
      <p role="status" className="sr-only">
        {error === null ? words[phase] : 'It failed'}
      </p>
      <ol className="flex flex-wrap gap-x-6 gap-y-1">
        {phases.map((one, i) => {
          const look = done || i < at ? ready : i > at ? ahead : error === null ? current : failed;
          return (
            <li
              key={one}
              className={`flex items-center gap-2 ${look.tone}`}
              aria-current={i === at ? 'step' : undefined}
            >
              <span aria-hidden>{look.shape}</span>
              {words[one]}
              <span className="sr-only">, {look.word}</span>
            </li>
          );
        })}
      </ol>
      {log.length > 0 && (
        <pre
          tabIndex={0}
          aria-label="What the build says"
          className="max-h-72 overflow-auto rounded-md bg-surface-2 p-3 font-mono text-[13px] break-all whitespace-pre-wrap text-strong"
        >
          {log.join('\n')}
        </pre>
      )}
      {error !== null && <Failure error={error} />}
    </section>
  );
}

const ready = { shape: '●', tone: 'text-ok', word: 'done' };
const current = { shape: '◐', tone: 'text-info', word: 'under way' };
const failed = { shape: '■', tone: 'text-bad', word: 'failed' };
const ahead = { shape: '○', tone: 'text-muted', word: 'to come' };

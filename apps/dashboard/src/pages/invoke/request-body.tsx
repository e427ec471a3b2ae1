import { Paperclip, Plus, X } from 'lucide-react';
import { bytes } from '../../words.ts';
import { type Asked, bodiless, methodOf, type Part, typeOf } from './request.ts';

const kinds = { text: 'Text', file: 'File', form: 'Form' } as const;
const fileField =
  'block w-full min-w-0 file:mr-3 file:cursor-pointer file:rounded-md file:border file:border-solid file:border-line-strong file:bg-surface-1 file:px-3 file:py-1 file:text-strong';

/** What is sent along: a text, a file, or a form with fields and files. */
export function RequestBody({ asked, change }: { asked: Asked; change: (part: Partial<Asked>) => void }) {
  if (bodiless(asked)) return <p className="text-muted">A {methodOf(asked)} has no body.</p>;
  const type = typeOf(asked);
  return (
    <div className="space-y-2">
      <div role="group" aria-label="Kind of body" className="flex items-center gap-1">
        <span className="mr-2 text-xs text-muted">Body</span>
        {(Object.keys(kinds) as Asked['kind'][]).map((kind) => (
          <button
            key={kind}
            type="button"
            className="button small"
            aria-pressed={asked.kind === kind}
            onClick={() => change({ kind })}
          >
            {kinds[kind]}
          </button>
        ))}
        {type !== undefined && !/^content-type:/im.test(asked.headers) && (
          <span className="ml-auto truncate text-xs text-muted">{type}</span>
        )}
      </div>
      {asked.kind === 'text' && (
        <textarea
          aria-label="Body"
          className="field block w-full font-mono text-[13px]"
          rows={8}
          value={asked.body}
          spellCheck={false}
          onChange={(event) => change({ body: event.target.value })}
        />
      )}
      {asked.kind === 'file' && (
        <>
          <input
            type="file"
            aria-label="File that is the body"
            className={fileField}
            onChange={({ target }) => {
              const [file] = target.files ?? [];
              if (file !== undefined) change({ file });
            }}
          />
          {asked.file !== undefined && (
            <p className="break-all text-muted">
              {asked.file.name}, {bytes(asked.file.size)}
            </p>
          )}
        </>
      )}
      {asked.kind === 'form' && <Parts parts={asked.parts} set={(parts) => change({ parts })} />}
    </div>
  );
}

function Parts({ parts, set }: { parts: readonly Part[]; set: (parts: readonly Part[]) => void }) {
  const change = (i: number, part: Part): void => set(parts.map((one, at) => (at === i ? part : one)));
  return (
    <div className="space-y-2">
      {parts.map((part, i) => (
        // A row is its place: names are being typed.
        <div key={i} className="flex items-center gap-2">
          <input
            aria-label={`Field ${i + 1}, name`}
            className="field w-2/5 min-w-0 font-mono text-[13px]"
            spellCheck={false}
            value={part.name}
            onChange={(event) => change(i, { ...part, name: event.target.value })}
          />
          {part.file === undefined ? (
            <input
              aria-label={`Field ${i + 1}, value`}
              className="field min-w-0 grow font-mono text-[13px]"
              spellCheck={false}
              value={part.value}
              onChange={(event) => change(i, { ...part, value: event.target.value })}
            />
          ) : (
            <span className="min-w-0 grow truncate text-strong">
              {part.file.name}, {bytes(part.file.size)}
            </span>
          )}
          <label className="icon-button cursor-pointer has-focus-visible:outline-2 has-focus-visible:outline-accent">
            <Paperclip size={16} aria-hidden />
            <input
              type="file"
              className="sr-only"
              aria-label={`Field ${i + 1}, file`}
              onChange={({ target }) => {
                const [file] = target.files ?? [];
                if (file !== undefined) change(i, { ...part, value: '', file });
              }}
            />
          </label>
          <button
            type="button"
            className="icon-button"
            aria-label={`Remove field ${i + 1}`}
            onClick={() => set(parts.filter((_, at) => at !== i))}
          >
            <X size={16} aria-hidden />
          </button>
        </div>
      ))}
      <button type="button" className="button small" onClick={() => set([...parts, { name: '', value: '' }])}>
        <Plus size={16} aria-hidden /> Add a field
      </button>
    </div>
  );
}

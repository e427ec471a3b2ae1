import { lazy, Suspense, useState } from 'react';
import type { Order } from '../../deploying/deploying.ts';
import { type Starter, starters } from '../../deploying/starters.ts';
import { Skeleton } from '../../parts/states.tsx';

const CodeEditor = lazy(() => import('../../editor/code-editor.tsx'));

/** Code that is written in the page, begun from a starter. */
export interface Written extends Pick<Order, 'runtime' | 'entry' | 'files'> {
  readonly starter: Starter;
}

const utf8 = new TextEncoder();

export function begun(starter: Starter): Written {
  const files = starter.files.map(({ path, text }) => ({ path, bytes: utf8.encode(text) }));
  return { starter, runtime: starter.runtime, entry: files[0]?.path ?? '', files };
}

export function WrittenCode({ written, set }: { written: Written; set: (written: Written) => void }) {
  const { starter, files } = written;
  const [path, setPath] = useState(written.entry);
  const file = files.find((one) => one.path === path) ?? files[0];
  const language = starter.files.find((one) => one.path === file?.path)?.language ?? 'text';
  return (
    <section aria-label="Code" className="space-y-3">
      <div className="flex flex-wrap items-center gap-2">
        <select
          aria-label="Language"
          className="field"
          value={starter.id}
          onChange={({ target: { value } }) => set(begun(starters.find(({ id }) => id === value) ?? starter))}
        >
          {starters.map(({ id, word }) => (
            <option key={id} value={id}>
              {word}
            </option>
          ))}
        </select>
        <div role="group" aria-label="Files" className="flex gap-1">
          {files.map((one) => (
            <button
              key={one.path}
              type="button"
              className="button"
              aria-pressed={one === file}
              onClick={() => setPath(one.path)}
            >
              {one.path}
            </button>
          ))}
        </div>
      </div>
      {file !== undefined && (
        <Suspense fallback={<Skeleton what="the editor" />}>
          <CodeEditor
            key={`${starter.id} ${file.path}`}
            name={file.path}
            language={language}
            value={new TextDecoder().decode(file.bytes)}
            set={(text) =>
              set({
                ...written,
                files: files.map((one) => (one === file ? { ...file, bytes: utf8.encode(text) } : one)),
              })
            }
          />
        </Suspense>
      )}
    </section>
  );
}

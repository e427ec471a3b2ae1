import { useState } from 'react';
import type { Order } from '../../deploying/deploying.ts';
import { entryIn, runtimeOf, sourceOf } from '../../deploying/source-files.ts';
import { Failure } from '../../parts/states.tsx';
import { bytes, count } from '../../words.ts';

/** Files that somebody chose on their machine. */
export interface Chosen extends Pick<Order, 'runtime' | 'entry' | 'files'> {
  readonly left: number;
}

/** A file, several, or a folder. Which of them holds the handler is guessed, and can be said. */
export function ChosenFiles({
  chosen,
  set,
}: {
  chosen: Chosen | undefined;
  set: (chosen: Chosen | undefined) => void;
}) {
  const [error, setError] = useState<unknown>();
  const take = async (list: FileList | null): Promise<void> => {
    if (list === null || list.length === 0) return;
    try {
      const { files, left } = await sourceOf([...list]);
      const entry = entryIn(files) ?? '';
      set({ files, left, entry, runtime: runtimeOf(entry) ?? 'node' });
      setError(undefined);
    } catch (thrown) {
      set(undefined);
      setError(thrown);
    }
  };
  const input = (says: string, folder: boolean) => (
    <label className="block">
      <span className="text-xs text-muted">{says}</span>
      <input
        type="file"
        multiple
        ref={(field) => {
          if (folder) field?.setAttribute('webkitdirectory', '');
        }}
        className="mt-1 block w-full file:mr-3 file:cursor-pointer file:rounded-md file:border file:border-solid file:border-line-strong file:bg-surface-1 file:px-3 file:py-1 file:text-strong"
        onChange={(event) => void take(event.target.files)}
      />
    </label>
  );
  return (
    <section aria-label="Code" className="panel space-y-4 p-4">
      <div className="grid gap-4 md:grid-cols-2">
        {input('Files', false)}
        {input('Or a folder', true)}
      </div>
      {error !== undefined && <Failure error={error} />}
      {chosen !== undefined && (
        <>
          <p role="status">
            {chosen.files.length === 1 ? '1 file' : `${count(chosen.files.length)} files`},{' '}
            {bytes(chosen.files.reduce((sum, file) => sum + file.bytes.length, 0))}
            {chosen.left > 0 && `; ${count(chosen.left)} traces of tools are left out`}
          </p>
          <div className="flex flex-wrap gap-4">
            <label className="block">
              <span className="text-xs text-muted">The handler is in</span>
              <select
                className="field mt-1 block max-w-80"
                value={chosen.entry}
                onChange={({ target: { value } }) =>
                  set({ ...chosen, entry: value, runtime: runtimeOf(value) ?? chosen.runtime })
                }
              >
                {chosen.entry === '' && <option value="">Choose one</option>}
                {chosen.files
                  .filter(({ path }) => runtimeOf(path) !== undefined)
                  .map(({ path }) => (
                    <option key={path}>{path}</option>
                  ))}
              </select>
            </label>
            <p className="self-end pb-1.5 text-muted">
              {chosen.entry === '' ? 'No file with a known ending' : `Runs as ${chosen.runtime}`}
            </p>
          </div>
        </>
      )}
    </section>
  );
}

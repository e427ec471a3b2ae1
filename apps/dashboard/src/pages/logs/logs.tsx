import { useState } from 'react';
import { useSession } from '../../current-session.ts';
import { Choice, Chosen, SearchField } from '../../parts/filters.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { saveFile } from '../../parts/save-file.ts';
import { Empty } from '../../parts/states.tsx';
import { useQueryText } from '../../query-text.ts';
import { count, shellWord } from '../../words.ts';
import { LogList } from './log-list.tsx';
import { useLogLines } from './log-lines.ts';

const levels = ['debug', 'info', 'warn', 'error'];

/** What a function says, as it says it, with marks where instances began and ended. Filters are in the address. */
export function Logs({ of }: { of: { name: string; namespace: string } }) {
  const { client } = useSession();
  const [text, setText] = useQueryText('text');
  const [level, setLevel] = useQueryText('level');
  const [instance, setInstance] = useQueryText('instance');
  const [version, setVersion] = useQueryText('version');
  const [wrap, setWrap] = useState(true);
  const [follows, setFollows] = useState(true);
  const { query, lines } = useLogLines({ ...of, level, instance, version });
  const filtered = level !== '' || instance !== '' || version !== '';
  const wanted = text.toLowerCase();
  const found = wanted === '' ? lines : lines.filter((line) => line.text.toLowerCase().includes(wanted));
  const download = async (): Promise<void> => {
    const all = await Array.fromAsync(client.readLogs({ ...of, level, instance, version }));
    const pieces = all.map((line) => `${line.timestamp} ${line.instance} ${line.text}\n`);
    saveFile(`${of.name}.${of.namespace}.log`, new Blob(pieces));
  };
  return (
    <Loaded query={query} what="the log">
      {() => (
        <>
          <div className="mb-3 flex flex-wrap items-center gap-2">
            <SearchField label="Find in the log" width="grow md:max-w-72" value={text} set={setText} />
            <Choice
              label="Least level"
              value={level}
              set={setLevel}
              choices={[['', 'All levels'], ...levels.map((one) => [one, `${one} and worse`] as const)]}
            />
            <Chosen name="instance" value={instance} clear={() => setInstance('')} />
            <Chosen name="version" value={version} clear={() => setVersion('')} />
            <span role="status" className="text-muted">
              {wanted === ''
                ? `${count(lines.length)} lines`
                : `${count(found.length)} of ${count(lines.length)} lines`}
            </span>
            <span className="grow" />
            <button type="button" className="button" aria-pressed={wrap} onClick={() => setWrap(!wrap)}>
              {wrap ? 'Wrapped' : 'Wrap'}
            </button>
            <button
              type="button"
              className="button"
              aria-pressed={follows}
              onClick={() => setFollows(!follows)}
            >
              {follows ? 'Following' : 'Follow'}
            </button>
            <button type="button" className="button" onClick={() => void download()}>
              Download
            </button>
          </div>
          {lines.length === 0 && filtered && (
            <Empty title="No line matches the filter">
              <button
                type="button"
                className="button mt-2"
                onClick={() => {
                  setLevel('');
                  setInstance('');
                  setVersion('');
                }}
              >
                Show all
              </button>
            </Empty>
          )}
          {lines.length === 0 && !filtered && (
            <Empty
              title="It has said nothing yet"
              command={`npx wherry invoke ${shellWord(of.name)} -d hello`}
            >
              What a function writes to its standard output and error stands here.
            </Empty>
          )}
          {lines.length > 0 && found.length === 0 && <Empty title="No line has that in it" />}
          {found.length > 0 && (
            <LogList
              lines={found}
              wanted={wanted}
              wrap={wrap}
              follows={follows}
              setFollows={setFollows}
              only={(line) => setInstance(line.instance)}
            />
          )}
        </>
      )}
    </Loaded>
  );
}

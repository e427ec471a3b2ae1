import { Download, Pencil, Save, Trash2, Upload } from 'lucide-react';
import { type ReactNode, useRef, useState } from 'react';
import { Confirm, Field } from '../../parts/confirm.tsx';
import { useTell } from '../../parts/notice.tsx';
import { saveFile } from '../../parts/save-file.ts';
import type { Asked, Of } from './request.ts';
import { keepRequests, longestName, requestsIn, savedAs, savedRequests } from './saved-requests.ts';

/** Requests of this function that are kept in this browser. The chosen one stands in the address. */
export function SavedMenu({
  of,
  asked,
  chosen,
  choose,
}: {
  of: Of;
  asked: Asked;
  chosen: string;
  choose: (name: string) => void;
}) {
  const tell = useTell();
  const [asking, setAsking] = useState<'save' | 'rename' | 'delete'>();
  const [all, setAll] = useState(() => savedRequests(of));
  const file = useRef<HTMLInputElement>(null);
  const keep = (next: typeof all): void => {
    keepRequests(of, next);
    setAll(savedRequests(of));
  };
  const others = (...names: readonly string[]): typeof all => all.filter((one) => !names.includes(one.name));
  const there = all.find(({ name }) => name === chosen);

  const save = async (form: FormData): Promise<void> => {
    const name = String(form.get('name')).trim();
    const { saved, withheld } = savedAs(name, asked);
    keep([...others(name), saved]);
    choose(name);
    const without = withheld.length === 0 ? '' : `, without the values of ${withheld.join(', ')}`;
    tell(`Saved ${name}${without}.`);
  };
  const rename = async (form: FormData): Promise<void> => {
    const name = String(form.get('name')).trim();
    if (there !== undefined) keep([...others(chosen, name), { ...there, name }]);
    choose(name);
    tell(`It is called ${name} now.`);
  };
  const remove = async (): Promise<void> => {
    keep(others(chosen));
    choose('');
    tell(`Deleted ${chosen}.`);
  };
  const bring = async (from: File): Promise<void> => {
    const found = requestsIn(await from.text());
    keep([...others(...found.map(({ name }) => name)), ...found]);
    tell(
      found.length === 0
        ? `There are no requests in ${from.name}.`
        : `Took ${found.length} from ${from.name}.`,
    );
  };
  const bringOut = (): void =>
    saveFile(`${of.name}.requests.json`, new Blob([`${JSON.stringify(all, null, 2)}\n`]));

  return (
    <div role="group" aria-label="Saved requests" className="flex items-center gap-1">
      <select
        aria-label="Saved request"
        className="field mr-1 min-w-0 grow"
        value={there === undefined ? '' : chosen}
        onChange={(event) => choose(event.target.value)}
      >
        <option value="">{all.length === 0 ? 'No saved requests yet' : 'Saved requests'}</option>
        {all.map(({ name }) => (
          <option key={name}>{name}</option>
        ))}
      </select>
      <IconButton word="Save this request" act={() => setAsking('save')}>
        <Save size={16} aria-hidden />
      </IconButton>
      {there !== undefined && (
        <>
          <IconButton word={`Rename ${chosen}`} act={() => setAsking('rename')}>
            <Pencil size={16} aria-hidden />
          </IconButton>
          <IconButton word={`Delete ${chosen}`} act={() => setAsking('delete')}>
            <Trash2 size={16} aria-hidden />
          </IconButton>
        </>
      )}
      {all.length > 0 && (
        <IconButton word="Save all as a file" act={bringOut}>
          <Download size={16} aria-hidden />
        </IconButton>
      )}
      <IconButton word="Take requests from a file" act={() => file.current?.click()}>
        <Upload size={16} aria-hidden />
      </IconButton>
      <input
        ref={file}
        type="file"
        accept="application/json"
        className="hidden"
        aria-label="File with requests"
        onChange={({ target }) => {
          const [from] = target.files ?? [];
          if (from !== undefined) void bring(from);
          target.value = '';
        }}
      />
      {(asking === 'save' || asking === 'rename') && (
        <Confirm
          title={asking === 'save' ? 'Save this request' : `Rename ${chosen}`}
          verb={asking === 'save' ? 'Save' : 'Rename'}
          act={asking === 'save' ? save : rename}
          close={() => setAsking(undefined)}
        >
          <Field
            name="name"
            label="Name"
            hint="It stays in this browser, for this function. Values that look like credentials are left out."
            defaultValue={chosen}
            maxLength={longestName}
            pattern=".*\S.*"
            required
            autoFocus
          />
        </Confirm>
      )}
      {asking === 'delete' && (
        <Confirm
          title={`Delete ${chosen}?`}
          verb="Delete"
          bad
          act={remove}
          close={() => setAsking(undefined)}
        >
          <p>It is gone from this browser then.</p>
        </Confirm>
      )}
    </div>
  );
}

function IconButton({ word, act, children }: { word: string; act: () => void; children: ReactNode }) {
  return (
    <button type="button" className="icon-button" aria-label={word} title={word} onClick={act}>
      {children}
    </button>
  );
}

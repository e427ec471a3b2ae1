import { useState } from 'react';
import { keys, singleKeys } from '../keys.ts';
import { Modal } from './modal.tsx';

export function KeySheet({ close }: { close: () => void }) {
  const [on, setOn] = useState(singleKeys.on);
  return (
    <Modal title="Keys" close={close}>
      <div className="flex items-center px-5 pt-4">
        <h2 className="grow">Keys</h2>
        <button type="button" className="button" onClick={close}>
          Close
        </button>
      </div>
      <dl className="grid grid-cols-[auto_1fr] gap-x-5 gap-y-2 p-5 sm:grid-cols-[auto_1fr_auto_1fr]">
        {Object.values(keys).map(({ keys: pressed, says }) => (
          <div key={pressed} className="contents">
            <dt>
              <kbd>{pressed}</kbd>
            </dt>
            <dd>{says}</dd>
          </div>
        ))}
      </dl>
      <label className="flex min-h-6 items-center gap-2 px-5 pb-5">
        <input
          type="checkbox"
          className="size-4 accent-accent"
          checked={on}
          onChange={(event) => {
            singleKeys.on = event.target.checked;
            setOn(event.target.checked);
          }}
        />
        Keys without Ctrl or ⌘ do something
      </label>
    </Modal>
  );
}

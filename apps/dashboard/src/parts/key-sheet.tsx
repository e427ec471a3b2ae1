import { keys } from '../keys.ts';
import { Modal } from './modal.tsx';

export function KeySheet({ close }: { close: () => void }) {
  return (
    <Modal title="Keys" close={close}>
      <div className="flex items-center px-5 pt-4">
        <h2 className="grow">Keys</h2>
        <button type="button" className="button" onClick={close}>
          Close
        </button>
      </div>
      <dl className="grid grid-cols-[auto_1fr] gap-x-5 gap-y-2 p-5">
        {Object.values(keys).map(({ keys: pressed, says }) => (
          <div key={pressed} className="contents">
            <dt>
              <kbd>{pressed}</kbd>
            </dt>
            <dd>{says}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}

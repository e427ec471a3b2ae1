import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { Modal } from './modal.tsx';
import { Failure } from './states.tsx';

/** Asks before something is done, does it, and says what went wrong where something did. Closes once it is done. */
export function Confirm({
  title,
  verb,
  act,
  close,
  bad = false,
  children,
}: {
  title: string;
  verb: string;
  act: (form: FormData) => Promise<unknown>;
  close: () => void;
  /** It can't be undone. */
  bad?: boolean;
  children: ReactNode;
}) {
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const asking = useRef(true);
  useEffect(() => {
    asking.current = true;
    return () => void (asking.current = false);
  }, []);
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    // Whoever went on to something else meanwhile keeps what is open now.
    act(new FormData(event.currentTarget)).then(
      () => asking.current && close(),
      (thrown: unknown) => {
        setError(thrown);
        setBusy(false);
      },
    );
  };
  return (
    <Modal title={title} close={close}>
      {/* What is long scrolls between the title and the buttons: these are always in view, and the text is cut where there is more of it. */}
      <form onSubmit={submit} className="flex max-h-[calc(84vh-2px)] flex-col">
        <h2 className="px-5 pt-5 text-[16px]">{title}</h2>
        <div className="min-h-0 space-y-4 overflow-y-auto px-5 py-4">
          {children}
          {error !== undefined && <Failure error={error} />}
        </div>
        <div className="flex justify-end gap-2 border-t border-line px-5 py-3">
          <button type="button" className="button" onClick={close}>
            Cancel
          </button>
          <button type="submit" className={bad ? 'button bad' : 'button first'} disabled={busy}>
            {busy ? 'Working …' : verb}
          </button>
        </div>
      </form>
    </Modal>
  );
}

/** A labelled field of such a form. */
export function Field({
  name,
  label,
  hint,
  ...rest
}: {
  name: string;
  label: string;
  hint?: string;
  type?: string;
  defaultValue?: string;
  required?: boolean;
  pattern?: string;
  autoFocus?: boolean;
  maxLength?: number;
}) {
  return (
    <label className="block">
      <span className="text-strong">{label}</span>
      <input name={name} className="field mt-1 w-full" autoComplete="off" spellCheck={false} {...rest} />
      {hint !== undefined && <span className="mt-1 block text-muted">{hint}</span>}
    </label>
  );
}

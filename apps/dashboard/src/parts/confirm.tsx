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
      <form onSubmit={submit} className="space-y-4 p-5">
        <h2 className="text-[16px]">{title}</h2>
        {children}
        {error !== undefined && <Failure error={error} />}
        <div className="flex justify-end gap-2">
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

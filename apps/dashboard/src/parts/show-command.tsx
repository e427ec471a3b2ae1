import { TerminalSquare } from 'lucide-react';
import { useState } from 'react';
import { Modal } from './modal.tsx';
import { CommandLine } from './states.tsx';

/** What is on screen, as a line for the terminal and as a request: whoever looks can do the same without us. */
export function ShowCommand({
  command,
  path,
  curl = `curl -H "Authorization: Bearer $WHERRY_TOKEN" '${location.origin}${path}'`,
}: {
  /** Undefined where the command line cannot say it. */
  command: string | undefined;
  path: string;
  /** The whole request, where it is more than reading what is at `path`. */
  curl?: string | undefined;
}) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="button" onClick={() => setOpen(true)}>
        <TerminalSquare size={16} aria-hidden /> <span className="max-md:sr-only">Show command</span>
      </button>
      {open && (
        <Modal title="The same without the dashboard" close={() => setOpen(false)}>
          <div className="p-5">
            <h2>The same in a terminal</h2>
            {command === undefined ? (
              <p className="mt-3 text-muted">The command line has no words for this.</p>
            ) : (
              <CommandLine text={command} />
            )}
            <h2 className="mt-5">The same by HTTP</h2>
            <CommandLine text={curl} />
            <button type="button" className="button mt-5" onClick={() => setOpen(false)}>
              Close
            </button>
          </div>
        </Modal>
      )}
    </>
  );
}

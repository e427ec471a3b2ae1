import type { Context } from '../context.ts';
import type { LiveView } from './live-view.ts';

export interface KeyActions {
  again(): Promise<void>;
  restart(): void;
  quit(): void;
}

const help = 'i call it · r deploy again · c clear · h help · q quit';

/** Single keys, where somebody sits at a terminal. Returns what gives the terminal back. */
export function keys({ stdin, output }: Context, view: LiveView, actions: KeyActions): () => void {
  if (!stdin.isTTY || !output.err.isTTY) return () => undefined;
  view.note(`Keys: ${help}`);
  const pressed = (bytes: Buffer): void => {
    for (const key of bytes.toString()) {
      if (key === 'q' || key === '\u0003') actions.quit();
      else if (key === 'i') void actions.again().catch((error: unknown) => output.failure(error));
      else if (key === 'r') actions.restart();
      else if (key === 'c') void output.err.write('\u001b[2J\u001b[H');
      else if (key === 'h') view.note(help);
    }
  };
  stdin.setRawMode(true);
  stdin.on('data', pressed);
  stdin.resume();
  return () => {
    stdin.off('data', pressed);
    stdin.setRawMode(false);
    stdin.pause();
  };
}

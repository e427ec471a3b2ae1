/**
 * Lets other work of this thread go first. Long searches and clean-ups breathe between blocks, so that a write that must be flushed
 * never waits for them longer than one block takes.
 */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

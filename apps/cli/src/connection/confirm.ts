import { createInterface } from 'node:readline/promises';
import type { Context } from '../context.ts';

/** Asks a person; where nobody sits at a terminal, what was asked for by name was meant. */
export async function confirmed({ stdin, output, signal }: Context, question: string): Promise<boolean> {
  if (!stdin.isTTY || !output.err.isTTY) return true;
  const lines = createInterface({ input: stdin, output: process.stderr });
  try {
    const answer = await lines.question(`${question} [Y/n] `, { signal });
    return /^(?:y(?:es)?)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}

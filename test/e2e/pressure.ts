// More calls than there is room for, from a process of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface PressOrder {
  readonly url: string;
  readonly ms: number;
  /** So many callers, each with one call at a time (a closed loop) … */
  readonly clients?: number;
  /** … or so many calls a second, whatever becomes of them (an open loop). */
  readonly perSecond?: number;
}

/** Milliseconds to the end of the answer, of all answers with one status. */
export interface Answers {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly most: number;
}

export interface Pressed {
  readonly seconds: number;
  /** Calls that ended without an answer: refused, reset, cut. */
  readonly broken: number;
  /** Answers 429 and 503 that did not say when to come back. */
  readonly withoutRetryAfter: number;
  readonly answers: Readonly<Record<string, Answers>>;
}

const nothing: Answers = { count: 0, p50: 0, p95: 0, p99: 0, most: 0 };

export function answersOf({ answers }: Pressed, status: number): Answers {
  return answers[status] ?? nothing;
}

/** Statuses of everything that was answered, with how often. */
export function statusesOf({ answers, broken }: Pressed): string {
  const counts = Object.entries(answers).map(([status, { count }]) => `${status}: ${count}`);
  return [...counts, ...(broken > 0 ? [`no answer: ${broken}`] : [])].join(', ');
}

/**
 * Measures up to three times, until it is as promised. A machine that others use too may spoil one measurement; what is really slow is slow
 * in all of them.
 */
export async function promised<T>(
  measure: () => Promise<T>,
  holds: (measured: T) => boolean,
  inWords: (measured: T) => string,
): Promise<void> {
  const said: string[] = [];
  while (said.length < 3) {
    const measured = await measure();
    if (holds(measured)) return;
    said.push(inWords(measured));
  }
  throw new Error(`not in any of three measurements: ${said.join('; ')}`);
}

/** Presses, and resolves with what came of it. */
export async function press(order: PressOrder): Promise<Pressed> {
  const program = join(import.meta.dirname, 'pressure-client.ts');
  const child = spawn(process.execPath, [program, JSON.stringify(order)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (bytes) => (output += bytes));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`the client ended with ${code}: ${output}`);
  return JSON.parse(output) as Pressed;
}

import { closeSync, readdirSync, readFileSync } from 'node:fs';

/** O_CLOEXEC, in the octal number that the kernel tells (proc(5), fdinfo). */
const closeOnExec = 0o2000000;

/**
 * Closes what whoever started us left open beside the three standard streams: every function would inherit it, and a descriptor reaches past
 * any fence. Ours close by themselves when another program is started, and are told by that. Called before anything is opened.
 */
export function closeInherited(): void {
  if (process.platform !== 'linux') return;
  const channel = (process.channel as { fd?: number } | undefined)?.fd;
  for (const name of readdirSync('/proc/self/fd')) {
    const descriptor = Number(name);
    if (descriptor <= 2 || descriptor === channel || closesItself(name)) continue;
    try {
      closeSync(descriptor);
    } catch {
      // It was of the listing itself, and is gone.
    }
  }
}

function closesItself(name: string): boolean {
  try {
    const [, flags = ''] =
      /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${name}`, 'utf8')) ?? [];
    return (Number.parseInt(flags, 8) & closeOnExec) !== 0;
  } catch {
    return true;
  }
}

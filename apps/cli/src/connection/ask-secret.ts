import type { Sink } from '../output/sink.ts';

/** Asks on a terminal, showing nothing of what is typed. Ctrl-C ends the program as everywhere. */
export async function askSecret(stdin: NodeJS.ReadStream, to: Sink, question: string): Promise<string> {
  // Before the question: whoever answers at once is not shown either.
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  try {
    await to.write(question);
    return await typed(stdin);
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    await to.write('\n');
  }
}

async function typed(stdin: NodeJS.ReadStream): Promise<string> {
  let text = '';
  for await (const chunk of stdin.iterator({ destroyOnReturn: false })) {
    for (const key of String(chunk)) {
      if (key === '\r' || key === '\n' || key === '\x04') return text;
      if (key === '\x03') {
        process.kill(process.pid, 'SIGINT');
        return '';
      }
      if (key === '\x7f' || key === '\b') text = text.slice(0, -1);
      else if (key >= ' ') text += key;
    }
  }
  return text;
}

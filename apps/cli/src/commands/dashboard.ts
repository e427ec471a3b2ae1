import { spawn } from 'node:child_process';
import { type Command, targetOptions } from '../command.ts';

export const command: Command = {
  name: 'dashboard',
  summary: 'Print a link that signs a browser in to the dashboard: once, within a minute.',
  options: [{ flags: '--open', says: 'open it in the browser' }, ...targetOptions],
  examples: [
    ['dashboard --open', 'on the machine of the gateway'],
    ['dashboard', 'to open it elsewhere, such as behind ssh -L 8081:127.0.0.1:8081'],
  ],
  related: ['token'],
  exits: [4, 5],
  async run(context) {
    const { options, output } = context;
    const link = await context.ask('Making the link', (client) => client.makeSignInLink());
    if (options.flag('open')) openBrowser(link.url);
    output.note(`It works once, for ${link.expiresInSeconds} seconds.`);
    await output.result(link, () => link.url);
  },
};

/** The address is one argument and passes no shell. Where there is no browser the printed link remains. */
function openBrowser(url: string): void {
  // It comes from the gateway; a browser's opener would also run files and programs.
  if (!/^https?:\/\/[\w.:[\]-]+\/#code=[\w-]+$/.test(url)) return;
  const [program = 'xdg-open', ...args] = openers[process.platform] ?? ['xdg-open'];
  const child = spawn(program, [...args, url], { stdio: 'ignore', detached: true });
  child.once('error', () => undefined);
  child.unref();
}

const openers: Readonly<Record<string, readonly string[]>> = {
  darwin: ['open'],
  // `start` is part of the shell there; this is the same without one.
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

// A real browser for tests of what pages can and cannot do. Where there is none they are skipped, and say so.
import { accessSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const found = places.find((place) => {
  try {
    accessSync(place);
    return true;
  } catch {
    return false;
  }
});

/** For `test`'s options: false where there is a browser, else why not. */
export const noBrowser: string | false = found === undefined ? 'no chromium here' : false;

export async function openBrowser(t: { after(fn: () => Promise<void>): void }): Promise<Browser> {
  const args = ['--no-sandbox', '--disable-dev-shm-usage'];
  const browser = await chromium.launch({ executablePath: found ?? '', args });
  t.after(() => browser.close());
  return browser;
}

// What is typed into the search field of a page narrows what its Export menu gives: rows of the file are the rows on the screen.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { noBrowser } from './browser.ts';
import { type DashboardRig, evil, openDashboardRig } from './dashboard-rig.ts';
import { saved, Visit } from './dashboard-visit.ts';

const cleanups: (() => Promise<void>)[] = [];
const skip = noBrowser;
let rig: DashboardRig;

before(async () => {
  if (noBrowser === false) rig = await openDashboardRig({ after: (fn) => void cleanups.unshift(fn) });
});

after(async () => {
  for (const end of cleanups) await end();
});

const field = {
  functions: 'Filter by name, label or status',
  instances: 'Filter by function',
  calls: 'Filter by function, path, status or id',
  queue: 'Filter by function, id or reason',
};

for (const [path, label, text] of [
  ['/functions', field.functions, ' NIGHTLY '],
  ['/functions', field.functions, evil],
  ['/instances', field.instances, 'Talker'],
  ['/instances/ended', field.instances, 'crasher'],
  ['/calls', field.calls, 'CRASHER'],
  ['/calls?only=failed', field.calls, 'crasher'],
  ['/calls?only=cold', field.calls, 'crasher'],
  ['/functions/openfaas-fn/crasher/calls', field.calls, 'crasher / '],
  ['/queue/calls', field.queue, 'crasher.openfaas-fn'],
  ['/queue/calls?state=dead', field.queue, 'attempts'],
] as const)
  test(`${path}, searched for ${text}`, { skip }, async () => {
    const visit = await Visit.begin(rig.browser, rig.gateway, path);
    const { page } = visit;
    const menu = page.getByRole('button', { name: 'Export', exact: true });
    const rows = page.getByRole('row').filter({ hasNot: page.getByRole('columnheader') });
    const exported = async (): Promise<number> =>
      (JSON.parse((await saved(page, menu, 'JSON')).bytes.toString()) as readonly unknown[]).length;
    await rows.first().waitFor();
    await page.getByLabel(label).fill(text);
    await page.waitForURL((url) => url.searchParams.get('text') === text);
    const shown = await rows.count();
    assert.ok(shown > 0);
    assert.equal(await exported(), shown);
    await menu.click();
    const link = page.getByRole('link', { name: 'Link for Excel, Power BI' });
    const filters = new URL((await link.getAttribute('href')) ?? '', 'http://x').searchParams.get('filters');
    assert.equal(new URLSearchParams(filters ?? '').get('text'), text.trim());
    await menu.click();
    await page.getByLabel(label).fill('nobody is called .* or (so');
    await page.getByRole('heading', { name: /^No(ne)? .*matches the filter$/ }).waitFor();
    assert.equal(await exported(), 0);
    assert.equal(await page.evaluate('globalThis.pwned'), undefined);
    await visit.end();
  });

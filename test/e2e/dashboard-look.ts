// What every page is held to, in one theme.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { noBrowser } from './browser.ts';
import { goTo, held, signedIn, signInLink } from './dashboard-page.ts';
import { type DashboardRig, openDashboardRig } from './dashboard-rig.ts';

const pages = [
  ...['overview', 'functions', 'functions/openfaas-fn/talker', 'functions/openfaas-fn/talker/invoke'],
  ...['functions/openfaas-fn/talker/metrics', 'functions/openfaas-fn/talker/versions'],
  ...['functions/openfaas-fn/talker/logs', 'functions/openfaas-fn/crasher/logs', 'calls'],
  ...['instances', 'instances/ended', 'queue', 'queue/calls?state=dead', 'schedules', 'secrets'],
  ...['reports', 'reports/schedules', 'reports/period', 'reports/usage', 'reports/links'],
  ...[
    'alerts',
    'alerts/rules',
    'alerts/rules?rule=evil',
    'alerts/silences',
    'alerts/channels',
    'alerts/history',
  ],
  ...['store', 'store/figlet', 'gateway/health', 'gateway/configuration', 'gateway/tokens'],
  ...['gateway/audit', 'gateway/backups', 'gateway/log', 'gateway/events'],
];

/** The ids of reports are other ones each time. */
const nameOf = (path: string): string => path.replace(/now-.*/, 'one').replaceAll(/[^\w-]/g, '-');

export function looksRight(theme: 'light' | 'dark'): void {
  const cleanups: (() => Promise<void>)[] = [];
  let rig: DashboardRig;
  before(async () => {
    rig = await openDashboardRig({ after: (fn) => void cleanups.unshift(fn) });
  });
  after(async () => {
    for (const end of cleanups) await end();
  });
  for (const width of [1440, 390]) {
    test(`every page is accessible and quiet, ${theme}, ${width} px`, { skip: noBrowser }, async () => {
      const alarms: string[] = [];
      const look = { colorScheme: theme, viewport: { width, height: 900 }, bypassCSP: true };
      const shown = await signedIn(rig.browser, rig.gateway, look, alarms);
      for (const path of [...pages, `reports/past/${rig.report}`]) {
        await goTo(shown, `/${path}`);
        await held(shown, `${nameOf(path)}-${theme}-${width}`);
      }
      // As wide as a page is that is magnified four times.
      if (width === 390) {
        await shown.setViewportSize({ width: 320, height: 800 });
        for (const path of [
          'overview',
          'functions',
          'calls',
          'gateway/health',
          'queue/calls',
          'reports/schedules',
          'alerts',
          'alerts/rules',
        ]) {
          await goTo(shown, `/${path}`);
          await held(shown, `${path.replaceAll('/', '-')}-${theme}-320`);
        }
      }
      await shown.keyboard.press('?');
      await shown.getByRole('dialog', { name: 'Keys' }).waitFor();
      await held(shown, `keys-${theme}-${width}`);
      assert.deepEqual(alarms, []);
      await shown.goto('about:blank');
      await shown.goto(new URL(await signInLink(rig.gateway)).origin);
      await shown.getByRole('heading', { name: 'Sign in to Wherry' }).waitFor();
      await held(shown, `sign-in-${theme}-${width}`);
      await shown.close();
    });
  }
}

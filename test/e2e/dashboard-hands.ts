// Two ways to use a page: with a mouse, and with keys alone. Tasks are written once, for either.
import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { pressTogether } from './dashboard-page.ts';

/** As many stops as no page has: whoever goes past them all goes in circles. */
const mostStops = 250;

export interface Hand {
  /** To a page of the rail, by its word or by its keys. */
  goTo(word: string, keys: readonly string[]): Promise<void>;
  /** A link, a button or a box. */
  press(at: Locator): Promise<void>;
  write(at: Locator, text: string): Promise<void>;
  /** In a list of choices, so many below the one that is chosen. */
  down(at: Locator, steps: number): Promise<void>;
  /** A row of a table, which opens beside it. */
  openRow(row: Locator): Promise<void>;
}

export function mouse(page: Page): Hand {
  const press = async (at: Locator): Promise<void> => at.click();
  return {
    press,
    async goTo(word) {
      const rail = page.getByRole('navigation', { name: 'Pages' });
      const entry = rail.getByRole('link', { name: word, exact: true });
      if (await entry.isVisible()) return entry.click();
      await rail.getByRole('button', { name: 'More' }).click();
      await page.getByRole('dialog', { name: 'More' }).getByRole('link', { name: word, exact: true }).click();
    },
    async write(at, text) {
      await at.click({ clickCount: 3 });
      await page.keyboard.press('Control+a');
      await page.keyboard.type(text);
    },
    // What a browser opens for a choice is no part of the page.
    async down(at, steps) {
      const now = await at.evaluate((list) => (list as unknown as { selectedIndex: number }).selectedIndex);
      await at.selectOption({ index: now + steps });
    },
    openRow: (row) => row.getByRole('button').first().click(),
  };
}

export function keys(page: Page): Hand {
  /** Tab by Tab, as who has no mouse gets there; and what is reached must be seen to be reached. */
  const reach = async (at: Locator): Promise<void> => {
    await at.waitFor();
    const here = (): Promise<boolean> =>
      at.evaluate((wanted) => {
        type Root = { readonly activeElement: { readonly shadowRoot: Root | null } | null };
        let { activeElement } = (globalThis as unknown as { readonly document: Root }).document;
        // The editor is in a tree of its own.
        while (activeElement?.shadowRoot?.activeElement) ({ activeElement } = activeElement.shadowRoot);
        return (activeElement as unknown) === wanted;
      });
    for (let stops = 0; !(await here()); stops += 1) {
      assert.ok(stops < mostStops, `no way by Tab to ${at}`);
      await page.keyboard.press('Tab');
    }
  };
  const press = async (at: Locator): Promise<void> => {
    await reach(at);
    await page.keyboard.press('Enter');
  };
  return {
    press,
    async goTo(_, pressed) {
      await pressTogether(page, ...pressed);
    },
    async write(at, text) {
      await reach(at);
      await page.keyboard.press('Control+a');
      await page.keyboard.type(text);
    },
    async down(at, steps) {
      await reach(at);
      for (let step = 0; step < steps; step += 1) await page.keyboard.press('ArrowDown');
    },
    async openRow(row) {
      await press(row.getByRole('button').first());
    },
  };
}

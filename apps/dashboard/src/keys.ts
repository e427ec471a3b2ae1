import { useEffect } from 'react';

/** One key and what it does. The sheet behind `?` is made of these, so that it can't say something else. */
export interface Key {
  readonly keys: string;
  readonly says: string;
}

export const keys = {
  search: { keys: '/', says: 'Search and commands (also Ctrl K, ⌘ K)' },
  sheet: { keys: '?', says: 'This sheet' },
  goOverview: { keys: 'g o', says: 'Go to the overview' },
  goFunctions: { keys: 'g f', says: 'Go to functions' },
  goInstances: { keys: 'g i', says: 'Go to instances' },
  goCalls: { keys: 'g c', says: 'Go to calls' },
  goLogs: { keys: 'g l', says: 'Go to the logs of the function' },
  goQueue: { keys: 'g q', says: 'Go to the queue' },
  goSchedules: { keys: 'g h', says: 'Go to schedules' },
  goReports: { keys: 'g r', says: 'Go to reports' },
  goSecrets: { keys: 'g e', says: 'Go to secrets' },
  goStore: { keys: 'g s', says: 'Go to the store' },
  goSystem: { keys: 'g y', says: 'Go to the system' },
  goExplore: { keys: 'g x', says: 'Go to explore' },
  goBoards: { keys: 'g b', says: 'Go to boards' },
  goAlerts: { keys: 'g a', says: 'Go to alerts' },
  theme: { keys: 'g t', says: 'Light or dark theme' },
  down: { keys: 'j', says: 'Next row (also ↓)' },
  up: { keys: 'k', says: 'Row before (also ↑)' },
  open: { keys: 'Enter', says: 'Open the row' },
  mark: { keys: 'x', says: 'Mark the row' },
  act: { keys: '.', says: 'Do what is usual with the row' },
  remove: { keys: 'Delete', says: 'Remove the row, after a question' },
  make: { keys: 'n', says: 'Make a new one' },
  rail: { keys: '\\', says: 'Narrow or wide rail' },
  invoke: { keys: 'i', says: 'Invoke the function' },
  timeRange: { keys: 't', says: 'Choose the time range' },
  earlier: { keys: '[', says: 'The time before' },
  later: { keys: ']', says: 'The time after' },
  deploy: { keys: 'd', says: 'Deploy a function' },
  send: { keys: 'Ctrl Enter', says: 'Send the request' },
  close: { keys: 'Esc', says: 'Close what is open' },
} as const satisfies Record<string, Key>;

export type Action = keyof typeof keys;

const setting = 'single keys';

/** Whether one key alone does something; who dictates, or whose keyboard slips, can turn that off. */
export const singleKeys = {
  get on(): boolean {
    return localStorage.getItem(setting) !== 'off';
  },
  set on(on: boolean) {
    localStorage.setItem(setting, on ? 'on' : 'off');
  },
};

let before = '';
let beforeAt = 0;
const decided = new WeakMap<KeyboardEvent, Action | undefined>();

/** Which action a key press stands for, with those that take two keys; nothing while somebody writes or is asked something. */
function actionOf(event: KeyboardEvent): Action | undefined {
  if ((event.ctrlKey || event.metaKey) && event.key === 'k') return 'search';
  const at = event.target;
  const writes = at instanceof Element && at.closest('input, textarea, select, dialog, [contenteditable]');
  // Behind a dialog nothing is done, also where the focus is lost for a moment.
  if (writes || document.querySelector('dialog:modal') !== null) return undefined;
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  if (event.key.length === 1 && !singleKeys.on) return undefined;
  const pressed = { ArrowDown: 'j', ArrowUp: 'k', Escape: 'Esc' }[event.key] ?? event.key;
  const two = event.timeStamp - beforeAt < 1000 ? `${before} ${pressed}` : pressed;
  before = event.key;
  beforeAt = event.timeStamp;
  const all = Object.keys(keys) as Action[];
  return all.find((name) => keys[name].keys === two) ?? all.find((name) => keys[name].keys === pressed);
}

/** Does things by their keys as long as the component is shown. Enter on a button or a link stays theirs. */
export function useKeys(actions: Partial<Record<Action, () => void>>): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const inside = event.target instanceof Element && event.target.closest('a, button');
      if (event.defaultPrevented || (event.key === 'Enter' && inside)) return;
      // Several components listen, and a key is half of a pair for all of them.
      if (!decided.has(event)) decided.set(event, actionOf(event));
      const action = decided.get(event);
      const act = action === undefined ? undefined : actions[action];
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  });
}

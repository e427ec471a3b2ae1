import type { AlertRule } from '../alert.ts';
import { WherryError } from '../errors.ts';
import { isName, printable } from '../names.ts';

/** What a function says of the alerts about it. */
export interface OwnAlerts {
  /** None of them, whatever else is said. */
  readonly off: boolean;
  readonly rules: ReadonlyMap<string, number | 'off'>;
}

const field = 'com.wherry.alerts';
const most = 50;

/** Reads `off`, or `p95=3, error-share=off`. Throws `bad_value`. */
export function ownAlerts(text: string): OwnAlerts {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (parts.length > most) return refuse(text, `more than ${most} entries`);
  const rules = new Map<string, number | 'off'>();
  let off = false;
  for (const part of parts) {
    const [name = '', value, ...more] = part.split('=').map((word) => word.trim());
    if (name === 'off' && value === undefined) off = true;
    else if (!isName(name) || value === undefined || more.length > 0)
      return refuse(part, 'neither off nor RULE=off nor RULE=NUMBER');
    else if (value === 'off') rules.set(name, 'off');
    else if (/^-?\d{1,15}(?:\.\d{1,9})?$/.test(value)) rules.set(name, Number(value));
    else return refuse(part, 'neither off nor a number after the "="');
  }
  return { off, rules };
}

/** The rule as it is for one function; undefined where it wants none of it. A threshold of its own moves where it clears in the same proportion. */
export function ruleFor(rule: AlertRule, own: OwnAlerts | undefined): AlertRule | undefined {
  if (own === undefined) return rule;
  const says = own.rules.get(rule.name);
  if (own.off || says === 'off') return undefined;
  if (says === undefined) return rule;
  const { clear, threshold } = rule;
  if (clear === undefined) return { ...rule, threshold: says };
  const moved = threshold === 0 ? says + clear : (clear * says) / threshold;
  return { ...rule, threshold: says, clear: moved };
}

function refuse(text: string, rule: string): never {
  throw new WherryError('bad_value', `${field}: ${printable(text)} is ${rule}`, { component: 'rules' });
}

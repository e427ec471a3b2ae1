import { Fields } from './fields.ts';

/** What can be changed about every rule. */
export const presetKeys = [
  'threshold',
  'clear',
  'for',
  'keepFiring',
  'severity',
  'channels',
  'enabled',
] as const;
/** What belongs to a rule of one's own. */
export const ownKeys = ['query', 'logs', 'is', 'unit', 'labels', 'subject', 'summary', 'action'] as const;
const logKeys = ['functions', 'pattern', 'level', 'count', 'within'] as const;
/** What is told of a rule beside what it is: whoever puts back what they read sends it along. */
const toldKeys = ['name', 'preset', 'sentence', 'firing', 'pending', 'problem'] as const;

/** Whether a rule has no key that means nothing; `where` stands before what is said. Throws `bad_value`, `bad_json`. */
export function checkRuleKeys(body: unknown, where = ''): void {
  const fields = new Fields(body, where);
  fields.only([...ownKeys, ...presetKeys], toldKeys);
  fields.object('logs')?.only(logKeys);
}

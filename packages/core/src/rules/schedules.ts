import { WherryError } from '../errors.ts';
import { printable } from '../names.ts';
import { type MissedRuns, ruleText, type Schedule, type ScheduleRule } from '../schedule.ts';
import { durationMs } from './quantity.ts';
import { topicList } from './topics.ts';

/** OpenFaaS's way: functions of this topic are called by the clock, as their annotation `schedule` says. */
export const cronTopic = 'cron-function';

const ownKey = 'com.wherry.schedule';
const zoneKey = 'com.wherry.schedule.zone';
const missedKey = 'com.wherry.schedule.missed';
const bodyKey = 'com.wherry.schedule.body';
const typeKey = 'com.wherry.schedule.content-type';
const mostRules = 20;
const mostText = 200;
const mostBody = 16_384;
const longestEveryMs = 366 * 86_400_000;

/** Reads the annotations of a function: OpenFaaS's pair and ours count together. Throws `bad_value` naming the key and the place. */
export function scheduleOf(note: (key: string) => string | undefined): Schedule | undefined {
  const zone = zoneNamed(zoneKey, note(zoneKey) ?? 'UTC');
  const missed = missedRuns(note(missedKey) ?? 'once');
  const type = note(typeKey);
  if (type !== undefined && !/^[!-~][ -~]{0,200}$/.test(type))
    throw refusal(typeKey, `${printable(type)} is not a content type`);
  const body = note(bodyKey) ?? '';
  if (body.length > mostBody) throw refusal(bodyKey, `more than ${mostBody} characters`);
  const theirs = topicList(note('topic')).includes(cronTopic) ? note('schedule') : undefined;
  const rules = [
    ...(theirs === undefined ? [] : rulesIn('schedule', theirs, zone)),
    ...(note(ownKey) === undefined ? [] : rulesIn(ownKey, note(ownKey) as string, zone)),
  ];
  if (rules.length === 0) return undefined;
  // Twice the same is once: it names the same slots.
  const different = [...new Map(rules.map((rule) => [ruleText(rule), rule])).values()];
  if (rules.length > mostRules) throw refusal(ownKey, `more than ${mostRules} expressions`);
  return { rules: different, missed, body, ...(type === undefined ? {} : { type }) };
}

function rulesIn(key: string, text: string, zone: string): ScheduleRule[] {
  return text.split(';').map((part, at, all) => {
    const place = all.length === 1 ? key : `${key}, expression ${at + 1}`;
    return ruleIn(place, part.trim().replace(/\s+/g, ' '), zone);
  });
}

/** Kubernetes and robfig's cron know the zone in the expression itself; then it is that one. */
function ruleIn(place: string, text: string, usual: string): ScheduleRule {
  if (text.length > mostText) throw refusal(place, `more than ${mostText} characters`);
  const [, prefix, rest = ''] = /^(?:CRON_TZ|TZ)=(\S+) ?(.*)$/.exec(text) ?? [undefined, undefined, text];
  const zone = prefix === undefined ? usual : zoneNamed(place, prefix);
  if (rest === '')
    throw refusal(place, 'an empty expression; five fields such as */5 * * * * are wanted, or @daily');
  const every = /^@every(?: (.*))?$/.exec(rest);
  if (every !== null) return { expression: rest, zone, everyMs: everyMs(place, every[1] ?? ''), place };
  const fields = rest.split(' ').length;
  if (!rest.startsWith('@') && fields !== 5 && fields !== 6)
    throw refusal(
      place,
      `${printable(rest)} has ${fields} ${fields === 1 ? 'field' : 'fields'}, not five (minute hour day month weekday), or six with seconds first`,
    );
  return { expression: rest, zone, place };
}

function everyMs(place: string, text: string): number {
  const ms = durationMs(place, text);
  if (ms >= 1_000 && ms <= longestEveryMs && ms % 1_000 === 0) return ms;
  throw refusal(place, `@every ${printable(text)} is not whole seconds from 1s to 366 days`);
}

/** The name of a time zone as the database of zones spells it. Throws `bad_value` naming the place. */
export function zoneNamed(place: string, text: string): string {
  try {
    // Offsets such as +01:00 are taken by some machines and not by others; a place knows its summer time.
    if (/^[A-Za-z]/.test(text) && text.length <= 64)
      return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    // Told below.
  }
  throw refusal(place, `${printable(text)} is not a time zone such as UTC or Europe/Berlin`);
}

function missedRuns(text: string): MissedRuns {
  if (text === 'skip' || text === 'once' || text === 'all') return text;
  throw refusal(missedKey, `${printable(text)} is none of skip, once, all`);
}

function refusal(key: string, rule: string): WherryError {
  return new WherryError('bad_value', `${key}: ${rule}`, { component: 'rules' });
}

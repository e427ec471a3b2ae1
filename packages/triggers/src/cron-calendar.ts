import { Cron } from 'croner';
import type { Calendar, Recurrence } from '@wherry/core/ports/calendar';

const nicknames: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

/** Cron by croner: only its arithmetic, none of its timers, which would not survive a restart. */
export const cronCalendar: Calendar = {
  read(expression, zone): Recurrence {
    const fields = expression.startsWith('@') ? nicknames[expression.toLowerCase()] : expression;
    if (fields === undefined)
      throw new Error(`there are ${Object.keys(nicknames).join(', ')} and @every, and no other such word`);
    const cron = patternOf(fields, zone);
    const next = (after: number): number | undefined => cron.nextRun(new Date(Math.floor(after)))?.getTime();
    // 31 February: better told when it is written down than waited for.
    if (next(Date.UTC(2000, 0, 1)) === undefined) throw new Error('there is no such day in any year');
    return { next };
  },
};

function patternOf(fields: string, zone: string): Cron {
  try {
    return new Cron(fields, {
      paused: true,
      timezone: zone,
      mode: '5-or-6-parts',
      // `5/15` is from 5 on, as Go's cron and Quartz read it.
      sloppyRanges: true,
      // A list of hours is still a wish for those hours, and each of them comes once on every day.
      fixedTimeRule: 'no-wildcard',
    });
  } catch (error) {
    throw new Error(inOurNumbers((error as Error).message.replace(/^CronPattern: /, '')));
  }
}

/** Croner counts days and months from nought, and says so. */
function inOurNumbers(message: string): string {
  return message.replace(
    /(value for (?:day|month): )(-?\d+)/,
    (_, before: string, value: string) => `${before}${Number(value) + 1}`,
  );
}

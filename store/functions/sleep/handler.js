// OpenFaaS's image `sleep`: waits as long as it is told by header or variable, for trying out timeouts and scaling.
'use strict';
const { setTimeout: wait } = require('node:timers/promises');

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds of `2s`, `500ms` or `1m30s`, or of whole seconds; undefined for anything else. */
function duration(text) {
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const parts = [...String(text).matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) return undefined;
  return parts.reduce((sum, [, number, unit]) => sum + Number(number) * units[unit], 0);
}

module.exports = async (event, context) => {
  const header = (name) => duration(event.headers[name] ?? '');
  const [least, most] = [header('x-min-sleep'), header('x-max-sleep')];
  const between =
    least !== undefined && most !== undefined ? least + Math.random() * Math.max(0, most - least) : undefined;
  const ms = header('x-sleep') ?? between ?? duration(process.env.sleep_duration ?? '') ?? 2000;
  const { signal } = event;
  const since = Date.now();
  try {
    await wait(ms, undefined, { signal });
  } catch {
    return context.status(499).succeed();
  }
  console.log(`Slept for: ${(Date.now() - since) / 1000}s`);
  return context.headers({ 'content-type': 'text/plain' }).succeed(`Slept for: ${ms / 1000}s\n`);
};

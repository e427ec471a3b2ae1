// The lines that the watchdogs write on standard error: their own, and in of-watchdog's modes those of the program, with the time in front
// as Go's log has it.
'use strict';
const { StringDecoder } = require('node:string_decoder');

/** A longer line is said in pieces. */
const LONGEST = 64 * 1024;

function stamp() {
  const two = (number) => String(number).padStart(2, '0');
  const now = new Date();
  const day = `${now.getUTCFullYear()}/${two(now.getUTCMonth() + 1)}/${two(now.getUTCDate())}`;
  return `${day} ${two(now.getUTCHours())}:${two(now.getUTCMinutes())}:${two(now.getUTCSeconds())} `;
}

function logger({ prefixLogs, mode }) {
  return (text) => process.stderr.write(`${prefixLogs || mode === 'classic' ? stamp() : ''}${text}\n`);
}

/** What a program writes to `stream`, line by line with the time and where it comes from, on our own stream of that name. */
function prefixed(stream, name) {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const say = (line) => process[name].write(`${stamp()}${name}: ${line}\n`);
  stream.on('data', (bytes) => {
    const lines = (rest + decoder.write(bytes)).split('\n');
    rest = lines.pop();
    for (const line of lines) say(line);
    while (rest.length > LONGEST) {
      say(rest.slice(0, LONGEST));
      rest = rest.slice(LONGEST);
    }
  });
  stream.on('end', () => {
    rest += decoder.end();
    if (rest !== '') say(rest);
  });
}

/** `1.234kB`, as the package that of-watchdog uses for it says sizes. */
function humanSize(bytes) {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let [size, unit] = [bytes, 0];
  for (; size >= 1000 && unit < units.length - 1; unit++) size /= 1000;
  return `${Number(size.toPrecision(4))}${units[unit]}`;
}

module.exports = { logger, prefixed, humanSize };

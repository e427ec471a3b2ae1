// Large letters made of small ones, as the program `figlet` makes them with its standard font.
'use strict';
const { render } = require('./figlet.cjs');

module.exports = async (event, context) => {
  const text = String(event.rawBody).replace(/\r/g, '').replace(/\n+$/, '');
  if (text.length > 2000) return context.status(413).succeed('at most 2000 characters\n');
  return context.headers({ 'content-type': 'text/plain; charset=utf-8' }).succeed(render(text));
};

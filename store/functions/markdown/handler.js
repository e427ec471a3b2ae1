// HTML of Markdown, by marked. What is HTML in it already comes out as text, and addresses that run something do not become links: who
// shows the result may not know who wrote it.
'use strict';
const { Marked } = require('./marked.gen.cjs');

const escaped = (text) =>
  text.replace(
    /[&<>"']/g,
    (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[sign],
  );
/** Looked at as a browser reads it: with no blanks; what stands for another character stands for itself, since `&` is written escaped. */
const harmless = (href) => /^(?:https?:|mailto:|[^:]*$|[^:]*[/?#])/i.test(href.replace(/[\0-\x20]/g, ''));

const marked = new Marked({
  gfm: true,
  renderer: {
    html: ({ text }) => escaped(text),
    link({ href, title, tokens }) {
      const text = this.parser.parseInline(tokens);
      const titled = title ? ` title="${escaped(title)}"` : '';
      return harmless(href) ? `<a href="${escaped(href)}"${titled}>${text}</a>` : text;
    },
    image: ({ href, text }) =>
      harmless(href) ? `<img src="${escaped(href)}" alt="${escaped(text)}">` : escaped(text),
  },
});

module.exports = async (event, context) => {
  const text = String(event.rawBody);
  if (text.length > 2 ** 20) return context.status(413).succeed('at most 1 MiB\n');
  return context.headers({ 'content-type': 'text/html; charset=utf-8' }).succeed(marked.parse(text));
};

// A cow; with something to say where the request says something.
'use strict';

const cows = [
  ['   ^__^', '   (oo)\\_______', '   (__)\\       )\\/\\', '       ||----w |', '       ||     ||'],
  [
    '   ^__^',
    '   (--)\\_______      z z z',
    '   (__)\\       )\\/\\',
    '       ||----w |',
    '      ~~~   ~~~~',
  ],
  [
    '          (__)',
    '          (oo)',
    '   /-------\\/',
    '  / |     ||',
    ' *  ||----||',
    '    ^^    ^^   a cow that turns around',
  ],
  [
    '   ^__^',
    '   ($$)\\_______',
    '   (__)\\       )\\/\\',
    '       ||----w |   a cow of means',
    '       ||     ||',
  ],
  [
    '              (    )',
    '               (oo)',
    '      )\\.-----/(O O)',
    '     # ;       / u',
    '       (  .   |} )',
    '        |/ `.;|/;    a cow that has read the news',
  ],
];

const WIDTH = 60;

module.exports = async (event, context) => {
  const cow = cows[Math.floor(Math.random() * cows.length)];
  const said =
    typeof event.body === 'string' || Buffer.isBuffer(event.body) ? String(event.rawBody).trim() : '';
  const lines = [...bubble(said.slice(0, 2000)), ...cow];
  return context.headers({ 'content-type': 'text/plain; charset=utf-8' }).succeed(`${lines.join('\n')}\n`);
};

function bubble(text) {
  if (text === '') return [];
  const lines = text.split('\n').flatMap((line) => line.match(new RegExp(`.{1,${WIDTH}}`, 'gu')) ?? ['']);
  const width = Math.max(...lines.map((line) => line.length));
  const edge = (sign) => ` ${sign.repeat(width + 2)}`;
  return [edge('_'), ...lines.map((line) => `( ${line.padEnd(width)} )`), edge('-'), '     o', '      o'];
}

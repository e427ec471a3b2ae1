import assert from 'node:assert/strict';
import test from 'node:test';
import { atLeast, atMost, markdownOf, withSection } from './section.ts';
import { times } from './table.ts';

test('a section replaces itself and leaves the rest alone', () => {
  const page = '# Page\n\n<!-- begin wake -->\n\nold\n\n<!-- end wake -->\n\nby hand\n';
  assert.equal(
    withSection(page, 'wake', 'new'),
    '# Page\n\n<!-- begin wake -->\n\nnew\n\n<!-- end wake -->\n\nby hand\n',
  );
});

test('a section that the page lacks is added at its end', () => {
  const page = withSection('# Page\n', 'calls', 'text');
  assert.equal(page, '# Page\n\n<!-- begin calls -->\n\ntext\n\n<!-- end calls -->\n');
  assert.equal(withSection(page, 'calls', 'text'), page);
});

test('text is taken as it is, whatever a replacement pattern would make of it', () => {
  assert.match(withSection('<!-- begin a -->x<!-- end a -->', 'a', "$& $' $1"), /\$& \$' \$1/);
});

test('goals say what was promised, what was measured and whether it holds', () => {
  assert.deepEqual(atMost('CPU', 1.834, 2, times), {
    what: 'CPU',
    measured: '1.83×',
    limit: '≤ 2.00×',
    met: true,
  });
  assert.equal(atLeast('echo', 1.9, 2, times).met, false);
  assert.equal(atMost('nothing measured', Number.NaN, 2, times).met, false);
  const text = markdownOf(
    { title: 'Calls', blocks: ['more'], goals: [atMost('CPU', 3, 2, times)] },
    'measured',
  );
  assert.match(text, /^## Calls\n\nmeasured\n\n\| goal .*\n.*\n\| CPU .*missed \|\n\nmore$/);
});

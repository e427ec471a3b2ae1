// Workbooks are read by Python's zipfile and XML parser, which know nothing of how they were written.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Row, Table } from '@wherry/core/table';
import { type SheetBounds, workbook } from './workbook.ts';

const reader = String.raw`
import json, re, sys, zipfile
import xml.etree.ElementTree as tree
main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
for name in z.namelist():
    tree.fromstring(z.read(name))
types = {e.get("PartName") for e in tree.fromstring(z.read("[Content_Types].xml")) if e.get("PartName")}
assert types == {"/" + n for n in z.namelist() if not n.endswith(".rels") and n != "[Content_Types].xml"}, types
targets = {e.get("Id"): "xl/" + e.get("Target") for e in tree.fromstring(z.read("xl/_rels/workbook.xml.rels"))}
plain = lambda text: re.sub("_x([0-9A-F]{4})_", lambda m: chr(int(m[1], 16)), text)
def cell(c):
    if c.find(main + "f") is not None: raise Exception("a formula")
    if c.get("t") == "inlineStr": return plain(c.find(main + "is").find(main + "t").text or "")
    v = c.find(main + "v")
    if v is None: return None
    if c.get("t") == "b": return v.text == "1"
    return {"day": float(v.text)} if c.get("s") == "1" else float(v.text)
sheets = {}
for s in tree.fromstring(z.read("xl/workbook.xml")).find(main + "sheets"):
    target = targets[s.get("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id")]
    rows = tree.fromstring(z.read(target)).find(main + "sheetData")
    sheets[s.get("name")] = [[cell(c) for c in row] for row in rows]
print(json.dumps(sheets))
`;

const python = spawnSync('python3', ['--version']).status === 0 ? false : 'needs python3';

function table(rows: readonly Row[], perPage = 3): Table {
  async function* pages(): AsyncGenerator<readonly Row[]> {
    for (let at = 0; at < rows.length; at += perPage) yield rows.slice(at, at + perPage);
    yield [];
  }
  return {
    name: 'calls',
    columns: [
      { name: 'text', kind: 'text' },
      { name: 'count', kind: 'number' },
      { name: 'at', kind: 'time' },
      { name: 'cold', kind: 'flag' },
    ],
    pages: pages(),
  };
}

async function read(of: Table, bounds?: SheetBounds): Promise<Record<string, unknown[][]>> {
  const folder = mkdtempSync(join(tmpdir(), 'wherry-workbook-'));
  try {
    const file = join(folder, 'book.xlsx');
    await writeFile(file, workbook(of, bounds));
    const { status, stdout, stderr } = spawnSync('python3', ['-c', reader, file], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    return JSON.parse(stdout) as Record<string, unknown[][]>;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const head = ['text', 'count', 'at', 'cold'];

test('every kind of cell comes out as what it was', { skip: python }, async () => {
  const noon = Date.UTC(2026, 10, 26, 12, 0, 0, 500);
  const hostile = [
    ...['=HYPERLINK("http://evil")', '+1', '@x', '<b>&amp;</b>', ' spaces ', 'two\nlines\r\n', 'tab\t.'],
    ...['\u0000\u0007\u001b\u000b', '_x0041_', '_x005F_', '日本 🚢', ']]>', '\ufffe\uffff', '"\''],
  ];
  const rows: Row[] = [
    ['plain', 1.5, noon, true],
    [undefined, undefined, undefined, undefined],
    ['', -0.25, 0, false],
    ...hostile.map((text): Row => [text, NaN, -1e15, undefined]),
  ];
  const { calls = [] } = await read(table(rows));
  assert.deepEqual(calls[0], head);
  assert.deepEqual(calls[1], ['plain', 1.5, { day: 46352.500005787 }, true]);
  assert.deepEqual(calls[2], [null, null, null, null]);
  assert.deepEqual(
    calls.slice(4),
    hostile.map((text) => [text, 'NaN', '-1000000000000000', null]),
  );
});

test('half a character is none, and a text that Excel cannot hold is cut with a mark', {
  skip: python,
}, async () => {
  const { calls = [] } = await read(table([['\ud800x'], ['y'.repeat(40_000)], ['z'.repeat(32_767)]]));
  const [, [half], [cut], [whole]] = calls as [unknown, [string], [string], [string]];
  assert.equal(half, '\ufffdx');
  assert.ok(cut.length === 32_767 && cut.endsWith('y …[cut]'));
  assert.equal(whole, 'z'.repeat(32_767));
});

test('what does not fit into one sheet goes on in the next, with its head', { skip: python }, async () => {
  const rows = Array.from({ length: 10 }, (_, n): Row => [`row ${n}`, n]);
  const byRows = await read(table(rows), { rows: 4, characters: Infinity });
  assert.deepEqual(Object.keys(byRows), ['calls', 'calls 2', 'calls 3', 'calls 4']);
  assert.ok(Object.values(byRows).every((sheet) => sheet[0]?.[0] === 'text' && sheet.length <= 4));
  const names = Object.values(byRows).flatMap((sheet) => sheet.slice(1).map(([name]) => name));
  assert.deepEqual(
    names,
    rows.map(([name]) => name),
  );
  // Exactly full is no reason for another one.
  assert.deepEqual(Object.keys(await read(table(rows), { rows: 6, characters: Infinity })), [
    'calls',
    'calls 2',
  ]);
  assert.equal(Object.keys(await read(table(rows), { rows: 100, characters: 1_000 })).length > 2, true);
  assert.deepEqual(await read(table([])), { calls: [head] });
});

test('a table that fails in the middle fails the workbook, and one that nobody reads on is let go', async () => {
  let closed = 0;
  async function* pages(): AsyncGenerator<readonly Row[]> {
    try {
      for (let n = 0; n < 200; n += 1) yield Array.from({ length: 500 }, (): Row => [`${Math.random()}`]);
      throw new Error('the disk is gone');
    } finally {
      closed += 1;
    }
  }
  const read = async (most: number): Promise<void> => {
    let pieces = 0;
    for await (const _ of workbook({ ...table([]), pages: pages() })) if (++pieces >= most) return;
  };
  await assert.rejects(read(Infinity), /the disk is gone/);
  await read(2);
  assert.equal(closed, 2);
});

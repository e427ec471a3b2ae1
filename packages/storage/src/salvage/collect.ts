import { type HistoryTable, rowFault } from '../sqlite/history-seal.ts';
import { kind, type Node, type RawRow, readNode, type Value } from './cells.ts';
import { PageMap } from './page-map.ts';
import type { PageFile } from './page-file.ts';
import { type SalvageTable, salvageTables } from './salvage-tables.ts';

/** A row that was found. */
export interface Found {
  readonly table: SalvageTable;
  readonly row: readonly Value[];
  /** Undefined where the row is what was written. */
  readonly fault: string | undefined;
  readonly pages: readonly number[];
}

export interface Collected {
  /** Pages of trees that could not be read, and cells in others. */
  unreadable: number;
  /** By table, what was noted that there should be. */
  readonly expected: Map<string, number>;
}

/** How many rows decide whose a tree is where the schema does not say. */
const sample = 64;

/**
 * Finds every row of a database file, whatever of its structure is left: the trees as they are and as the pointer map has them. Each row
 * is judged by its own checksum, so that where it was found need not be trusted.
 */
export function collect(file: PageFile, found: (one: Found) => void): Collected {
  const map = new PageMap(file);
  const schema = map.schema();
  const collected: Collected = { unreadable: 0, expected: new Map() };
  const trees = [...map.trees()].filter(([root]) => root !== 1);
  const nodesOf = function* (pages: readonly number[], table?: SalvageTable): Generator<Node> {
    for (const page of pages) {
      const { node, repaired } = nodeOf(file, page, map.hasChildren(page), table);
      if (node === undefined || repaired) collected.unreadable += 1;
      if (node !== undefined) yield node;
    }
  };
  // First, for it says which rows may be from before there were seals.
  for (const [root, pages] of trees)
    if (schema.some((one) => one.root === root && one.name === 'sizes')) readSizes(nodesOf(pages), collected);
  for (const [root, pages] of trees) {
    const names = schema.filter((one) => one.root === root);
    // Two that claim one place: one of them is wrong, and the rows know which.
    const said = names.length === 1 ? names[0] : undefined;
    const table = salvageTables.find(({ name }) => name === said?.name);
    const home = table ?? guess(file, pages);
    if (home !== undefined) {
      const unsealed =
        table === undefined ? -1 : (collected.expected.get(`${table.name} without seal`) ?? -1);
      for (const node of nodesOf(pages, table)) {
        collected.unreadable += node.garbled;
        for (const raw of node.rows) judge(raw, home, table !== undefined, unsealed, found);
      }
    } else if (said?.name === 'call_blocks') readBlocks('calls', said.name, nodesOf(pages), collected);
    else if (said?.name === 'log_blocks') readBlocks('logs', said.name, nodesOf(pages), collected);
  }
  return collected;
}

/** A page as what it says and what its place allows: one that nothing is below is a leaf, whatever it says. */
function nodeOf(
  file: PageFile,
  page: number,
  hasChildren: boolean,
  table: SalvageTable | undefined,
): { node: Node | undefined; repaired: boolean } {
  const node = readNode(file, page);
  if (table === undefined) return { node, repaired: false };
  const fits = table.rowid ? [kind.interiorTable, kind.leafTable] : [kind.interiorIndex, kind.leafIndex];
  if (node?.kind === fits[1] || (node?.kind === fits[0] && hasChildren)) return { node, repaired: false };
  return { node: readNode(file, page, hasChildren ? fits[0] : fits[1]), repaired: true };
}

function judge(
  raw: RawRow,
  home: SalvageTable | undefined,
  inPlace: boolean,
  unsealed: number,
  found: (one: Found) => void,
): void {
  const { pages } = raw;
  let fault: string | undefined;
  if (home !== undefined && home.rowid === (raw.rowid !== undefined)) {
    const row = rowFor(home, raw);
    fault = home.fault(row, inPlace, Number(row[0]) <= unsealed);
    if (fault === undefined) return found({ table: home, row, fault, pages });
  }
  const other = soundIn(raw);
  if (other !== undefined) return found({ table: other, row: rowFor(other, raw), fault: undefined, pages });
  if (home !== undefined)
    found({ table: home, row: rowFor(home, raw), fault: fault ?? 'it is no row of this table', pages });
}

/** The table that a row proves by its checksum to be of. */
function soundIn(raw: RawRow): SalvageTable | undefined {
  return salvageTables.find(
    (table) =>
      table.rowid === (raw.rowid !== undefined) &&
      raw.values.length === table.columns.length &&
      table.fault(rowFor(table, raw), false, false) === undefined,
  );
}

/** Whose a tree is by what its first rows prove. */
function guess(file: PageFile, pages: readonly number[]): SalvageTable | undefined {
  let looked = 0;
  for (const page of pages)
    for (const raw of readNode(file, page)?.rows ?? []) {
      const table = soundIn(raw);
      if (table !== undefined) return table;
      if ((looked += 1) >= sample) return undefined;
    }
  return undefined;
}

/** The values by the table's columns: the row's number in its place, and null for columns that are younger than the row. */
function rowFor({ columns, rowid }: SalvageTable, raw: RawRow): readonly Value[] {
  return columns.map((_, i) => (rowid && i === 0 ? (raw.rowid ?? null) : (raw.values[i] ?? null)));
}

/** How many rows the blocks of the history say that there are. */
function readBlocks(
  table: string,
  blocks: HistoryTable,
  nodes: Iterable<Node>,
  { expected }: Collected,
): void {
  for (const { rows } of nodes)
    for (const { rowid, values } of rows) {
      const row = [rowid ?? null, ...values.slice(1)];
      const known = rowFault(blocks, row, true) === undefined;
      if (known) expected.set(table, (expected.get(table) ?? 0) + Number(values[1]));
    }
}

function readSizes(nodes: Iterable<Node>, { expected }: Collected): void {
  for (const { rows } of nodes)
    for (const {
      values: [origin, count],
    } of rows)
      if (typeof origin === 'string' && typeof count === 'number' && count >= 0) expected.set(origin, count);
}

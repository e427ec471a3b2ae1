import { pageBytes } from '../sqlite/header-check.ts';
import { kind, type Node, readNode } from './cells.ts';
import type { PageFile } from './page-file.ts';

const mapped = { root: 1, free: 2, tree: 5 } as const;
/** Entries of five bytes in a page of the pointer map; each of its pages is followed by those that it describes. */
const perMap = Math.floor(pageBytes / 5);

interface Entry {
  readonly type: number;
  readonly parent: number;
}

/**
 * Which pages belong to which tree. A file that can give space back says it twice: parents name their children, and the pointer map
 * names every page's parent. What one of them lost the other one has; where they contradict each other, the one that can be
 * confirmed from the other side counts. Pages that are free, with old rows in them, are in no tree by either.
 */
export class PageMap {
  readonly #file: PageFile;
  readonly #children = new Map<number, readonly number[]>();
  /** The tree (by its root) that a page is in. */
  readonly #rootOf = new Map<number, number>();
  readonly #parents = new Set<number>();

  constructor(file: PageFile) {
    this.#file = file;
    const byParent = new Map<number, number[]>();
    const roots = [1];
    for (let number = 3; number <= file.pages; number += 1) {
      const entry = this.#entry(number);
      if (entry?.type === mapped.root) roots.push(number);
      if (entry?.type !== mapped.tree) continue;
      const siblings = byParent.get(entry.parent);
      if (siblings === undefined) byParent.set(entry.parent, [number]);
      else siblings.push(number);
    }
    for (const root of roots) this.#walk(root, byParent);
    // Those that only the schema still knows.
    for (const { root } of this.schema()) this.#walk(root, byParent);
  }

  /** What the schema says that trees are, as far as it can be read. */
  schema(): readonly { readonly name: string; readonly type: string; readonly root: number }[] {
    return [...this.#rootOf]
      .filter(([, root]) => root === 1)
      .flatMap(([page]) => readNode(this.#file, page)?.rows ?? [])
      .map(({ values: [type, name, , root] }) => ({
        type: String(type),
        name: String(name),
        root: Number(root),
      }))
      .filter(({ root }) => root > 2 && root <= this.#file.pages && !isMapPage(root));
  }

  /** Every tree with its pages, the root first. */
  trees(): ReadonlyMap<number, readonly number[]> {
    const trees = new Map<number, number[]>();
    for (const [page, root] of this.#rootOf) {
      const pages = trees.get(root);
      if (pages === undefined) trees.set(root, [page]);
      else pages.push(page);
    }
    return trees;
  }

  /** Whether anything is below a page. */
  hasChildren(page: number): boolean {
    return this.#parents.has(page);
  }

  #walk(root: number, byParent: ReadonlyMap<number, readonly number[]>): void {
    const open = [root];
    for (let page = open.pop(); page !== undefined; page = open.pop()) {
      if (this.#rootOf.has(page)) continue;
      this.#rootOf.set(page, root);
      const named = this.#named(page).filter((child) => this.#belongs(child, page!));
      if (named.length > 0 || byParent.has(page)) this.#parents.add(page);
      open.push(...(byParent.get(page) ?? []), ...named.reverse());
    }
  }

  /** Whether a page that `parent` names is really below it. */
  #belongs(child: number, parent: number): boolean {
    if (child < 3 || child > this.#file.pages || isMapPage(child)) return false;
    const entry = this.#entry(child);
    if (entry === undefined) return true;
    if (entry.type === mapped.tree)
      return entry.parent === parent || !this.#named(entry.parent).includes(child);
    // The map says free, or root of another tree: a flipped number here is likelier than one there that means something.
    return entry.type !== mapped.free && entry.type !== mapped.root;
  }

  #named(page: number): readonly number[] {
    let known = this.#children.get(page);
    if (known === undefined) {
      const node = page >= 1 && page <= this.#file.pages ? readNode(this.#file, page) : undefined;
      known = node !== undefined && isInterior(node) ? node.children : [];
      this.#children.set(page, known);
    }
    return known;
  }

  #entry(number: number): Entry | undefined {
    const map = number - ((number - 2) % (perMap + 1));
    const page = this.#file.page(map);
    const at = (number - map - 1) * 5;
    if (page === undefined || at < 0) return undefined;
    return { type: page[at]!, parent: page.readUInt32BE(at + 1) };
  }
}

function isMapPage(number: number): boolean {
  return (number - 2) % (perMap + 1) === 0;
}

function isInterior(node: Node): boolean {
  return node.kind === kind.interiorTable || node.kind === kind.interiorIndex;
}

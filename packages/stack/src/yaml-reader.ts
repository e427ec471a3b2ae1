import { similar } from '@wherry/core/rules/similar';
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  Scalar,
  type YAMLMap,
} from 'yaml';
import { type Problem, StackError } from './problem.ts';
import type { Shape } from './shape.ts';

/** What a document of a shape becomes: texts, booleans, lists and objects without a prototype. */
export type Value = string | boolean | readonly Value[] | { readonly [key: string]: Value };

const mostBytes = 2 ** 20;
/** What aliases are followed to, all together: a few lines of them can stand for more than any machine holds. */
const mostAliased = 10_000;

/**
 * Reads a YAML document against a shape. Scalars are taken as they are spelled, since everything here is text in the end: `1.0` stays `1.0`.
 * Unknown keys are passed over with a warning, as `faas-cli` passes over them; one that is nearly a known key is a mistake. Throws StackError with every
 * problem there is.
 */
export function readYaml(
  text: string,
  path: string,
  shape: Shape,
  warn: (problem: Problem) => void,
): { readonly value: Value | undefined; at(...keys: readonly string[]): { line: number; column: number } } {
  const reader = new Reader(text, path, warn);
  const value = reader.read(shape);
  return { value, at: (...keys) => reader.at(keys) };
}

class Reader {
  readonly #text: string;
  readonly #path: string;
  readonly #warn: (problem: Problem) => void;
  readonly #lines = new LineCounter();
  readonly #document: Document.Parsed;
  readonly #problems: Problem[] = [];
  #aliased = 0;
  #inAlias = 0;

  constructor(text: string, path: string, warn: (problem: Problem) => void) {
    if (text.length > mostBytes)
      throw new StackError(path, '', [{ what: `longer than ${mostBytes} bytes`, line: 1, column: 1 }]);
    this.#text = text;
    this.#path = path;
    this.#warn = warn;
    this.#document = parseDocument(text, { lineCounter: this.#lines, merge: true, prettyErrors: false });
  }

  read(shape: Shape): Value | undefined {
    for (const error of this.#document.errors)
      this.#problem(error.message.split('\n')[0] as string, error.pos[0]);
    const root = this.#document.contents as Node | null;
    const value = this.#problems.length > 0 ? undefined : this.#value(root, shape, '');
    if (this.#problems.length > 0) throw new StackError(this.#path, this.#text, this.#problems);
    return value;
  }

  /** Where the value of these keys stands, or the nearest thing around it that is there. */
  at(keys: readonly string[]): { line: number; column: number } {
    for (let depth = keys.length; depth > 0; depth--) {
      const node = this.#document.getIn(keys.slice(0, depth), true) as Node | undefined;
      if (node?.range) return this.#place(node.range[0]);
    }
    return { line: 1, column: 1 };
  }

  #value(node: Node | null | undefined, shape: Shape, where: string): Value | undefined {
    if (isAlias(node)) return this.#aliasedValue(node.resolve(this.#document), node, shape, where);
    if (node === null || node === undefined || isAbsent(node)) return undefined;
    if (this.#inAlias > 0 && ++this.#aliased > mostAliased)
      return this.#problem('aliases stand for too much', start(node));
    switch (shape.kind) {
      case 'text':
        return this.#textOf(node, shape, where);
      case 'flag':
        return this.#flagOf(node, where);
      case 'list':
        if (!isSeq(node)) return this.#mistyped(node, where, 'a list');
        return node.items.map((item) => this.#value(item as Node, shape.of, where) ?? '');
      case 'map':
      case 'object':
        if (!isMap(node)) return this.#mistyped(node, where, 'a map of keys and values');
        return this.#mapOf(node as YAMLMap<Node, Node | null>, shape, where);
    }
  }

  #aliasedValue(target: Node | undefined, alias: Node, shape: Shape, where: string): Value | undefined {
    if (target === undefined) return this.#problem('an alias of nothing', start(alias));
    // An alias inside of what it stands for has no end.
    if (this.#inAlias > 20) return this.#problem('aliases are nested too deeply', start(alias));
    this.#inAlias += 1;
    const value = this.#value(target, shape, where);
    this.#inAlias -= 1;
    return value;
  }

  #textOf(node: Node, shape: Shape & { kind: 'text' }, where: string): Value | undefined {
    if (!isScalar(node)) return this.#mistyped(node, where, 'a text');
    const text = spelling(node);
    if (shape.pattern === undefined || shape.pattern.test(text)) return text;
    return this.#problem(`${where}: ${JSON.stringify(text)} is not ${shape.mustBe}`, start(node));
  }

  #flagOf(node: Node, where: string): Value | undefined {
    const text = isScalar(node) ? spelling(node) : '';
    // The spellings of YAML 1.1, which is what files that were made for OpenFaaS are written in.
    if (/^(?:true|yes|on|y)$/i.test(text)) return true;
    if (/^(?:false|no|off|n)$/i.test(text)) return false;
    return this.#mistyped(node, where, 'true or false');
  }

  #mapOf(node: YAMLMap<Node, Node | null>, shape: Shape & { kind: 'map' | 'object' }, where: string): Value {
    const out: Record<string, Value> = Object.create(null);
    for (const pair of node.items) {
      const key = isScalar(pair.key) ? spelling(pair.key) : undefined;
      if (key === '<<') Object.assign(out, this.#merged(pair, shape, where), { ...out });
      else if (key === undefined)
        this.#problem(`${where || 'the document'}: a key is not a text`, start(pair.key));
      else {
        const of = this.#shapeOf(key, pair, shape, where);
        const value =
          of === undefined ? undefined : this.#value(pair.value, of, where === '' ? key : `${where}.${key}`);
        if (value !== undefined) out[key] = value;
        // A key without a value is an empty text where any text may stand, as Go has it.
        else if (of?.kind === 'text' && shape.kind === 'map') out[key] = '';
      }
    }
    return out;
  }

  /** `<<: *base`, or a list of such. */
  #merged(pair: Pair<Node, Node | null>, shape: Shape, where: string): object {
    const sources = isSeq(pair.value) ? (pair.value.items as Node[]) : [pair.value];
    const values = sources.map((source) => this.#value(source, shape, where));
    return Object.assign({}, ...values.reverse().filter((value) => typeof value === 'object'));
  }

  #shapeOf(
    key: string,
    pair: Pair<Node, Node | null>,
    shape: Shape & { kind: 'map' | 'object' },
    where: string,
  ): Shape | undefined {
    if (shape.kind === 'map') {
      if (shape.key === undefined || shape.key.test(key)) return shape.of;
      this.#problem(`${where}: ${JSON.stringify(key)} is not ${shape.keyMustBe}`, start(pair.key));
      return undefined;
    }
    const known = Object.hasOwn(shape.keys, key) ? shape.keys[key] : undefined;
    if (known !== undefined || key.startsWith('x-')) return known;
    const meant = similar(key, Object.keys(shape.keys));
    const what = `${where === '' ? '' : `${where}: `}${JSON.stringify(key)} is not known here`;
    if (meant !== undefined) this.#problem(what, start(pair.key), `Did you mean ${meant}?`);
    else
      this.#warn({
        what: `${what} and has no effect`,
        ...this.#place(start(pair.key)),
        next: `Known are ${Object.keys(shape.keys).join(', ')}`,
      });
    return undefined;
  }

  #mistyped(node: Node, where: string, wanted: string): undefined {
    return this.#problem(`${where || 'the document'}: ${wanted} is expected here`, start(node));
  }

  #problem(what: string, offset: number, next?: string): undefined {
    this.#problems.push({ what, ...this.#place(offset), ...(next === undefined ? {} : { next }) });
    return undefined;
  }

  #place(offset: number): { line: number; column: number } {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }
}

function start(node: Node): number {
  return node.range?.[0] ?? 0;
}

/** As it was written, where that says more than what YAML makes of it: `010` is a text like any other here. */
function spelling(node: Scalar): string {
  return node.type === Scalar.PLAIN ? (node.source ?? '') : String(node.value);
}

function isAbsent(node: Node): boolean {
  return isScalar(node) && node.type === Scalar.PLAIN && /^(?:~|null|Null|NULL)?$/.test(node.source ?? '');
}

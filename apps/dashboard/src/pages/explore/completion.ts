/** Names that the gateway has numbers of. */
export interface Known {
  readonly metrics: readonly string[];
  readonly labels: readonly string[];
}

interface Word {
  readonly text: string;
  readonly from: number;
  readonly to: number;
  /** Within braces, or the parentheses of `by` and `on`. */
  readonly amongLabels: boolean;
}

const mostShown = 10;
const functions =
  'abs absent absent_over_time avg avg_over_time bottomk by ceil changes clamp clamp_max clamp_min count count_over_time count_values delta deriv exp floor group_left group_right histogram_quantile idelta increase irate label_join label_replace last_over_time ln log10 log2 max max_over_time min min_over_time offset on or predict_linear quantile quantile_over_time rate resets round scalar sgn sort sort_desc sqrt stddev stdvar sum sum_over_time time timestamp topk unless vector without'.split(
    ' ',
  );

/** The word that ends at the caret; none within quotes. */
export function wordAt(text: string, caret: number): Word | undefined {
  const before = text.slice(0, caret);
  const outside = before.replace(/"(?:\\.|[^"\\])*"/g, (quoted) => ' '.repeat(quoted.length));
  const word = /[a-z_][\w:]*$/i.exec(outside)?.[0];
  if (word === undefined || outside.includes('"')) return undefined;
  const from = caret - word.length;
  const to = caret + (/^[\w:]*/.exec(text.slice(caret))?.[0].length ?? 0);
  const amongLabels = /\{[^}]*$|\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*$/.test(
    outside.slice(0, from),
  );
  return { text: word, from, to, amongLabels };
}

/** What begins with the word stands before what only contains it. */
export function completions({ text, amongLabels }: Word, { metrics, labels }: Known): readonly string[] {
  const wanted = text.toLowerCase();
  const all = amongLabels ? labels.filter((name) => name !== '__name__') : [...functions, ...metrics];
  const fits = all.filter((name) => name.toLowerCase().includes(wanted) && name !== text);
  const first = fits.filter((name) => name.toLowerCase().startsWith(wanted));
  return [...first, ...fits.filter((name) => !first.includes(name))].slice(0, mostShown);
}

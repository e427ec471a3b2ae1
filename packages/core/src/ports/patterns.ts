/** A regular expression that takes time in proportion to the text, whatever the two are. */
export interface LinePattern {
  /** Whether it is anywhere in the text. */
  finds(text: string): boolean;
  /** Whether the whole text is it. */
  matches(text: string): boolean;
}

/** Regular expressions that anybody may write, in RE2's grammar. */
export interface Patterns {
  /** Throws `bad_pattern` with what is wrong: no expression, too long, or too often repeated. */
  compile(source: string): LinePattern;
}

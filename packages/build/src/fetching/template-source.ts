/** Where templates come from: a repository or an archive, and which of its versions. */
export interface TemplateSource {
  /** As it was written, without the version. */
  readonly address: string;
  /** A branch, a tag, or `sha-` and the name of a commit. */
  readonly ref: string | undefined;
}

/** `URL`, `URL#ref` and `URL@ref`, as faas-cli writes them; an address itself may have an `@`. */
export function parseSource(written: string): TemplateSource {
  const [, address = written, ref] = /^(.+?)(?:#|@(?=[^/@:]+$))([^#]+)$/.exec(written) ?? [];
  return { address, ref };
}

const path = '/.well-known/acme-challenge/';

/** Proofs that an authority fetches over plain HTTP, under a token that it chose (RFC 8555 section 8.3). */
export class Challenges {
  readonly #proofs = new Map<string, string>();

  readonly show = (token: string, proof: string): void => void this.#proofs.set(token, proof);
  readonly hide = (token: string): void => void this.#proofs.delete(token);

  /** Undefined where the address is none of an open proof. */
  proofFor(url: string | undefined): string | undefined {
    return this.#proofs.size > 0 && url?.startsWith(path)
      ? this.#proofs.get(url.slice(path.length))
      : undefined;
  }
}

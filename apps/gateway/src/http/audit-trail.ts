import type { AuditChange, AuditEntry } from '@wherry/core/audit-record';
import type { WherryError } from '@wherry/core/errors';
import type { AuditBook, Underway } from '@wherry/engine/audit/audit-book';
import type { ServerResponse } from 'node:http';

type Start = Omit<AuditEntry, 'at' | 'change'>;

/** The record of one request, from before it changes anything to before it is answered. */
export class AuditTrail {
  readonly #book: AuditBook;
  readonly #response: ServerResponse;
  readonly #frees: boolean;
  #start: Start;
  #change: AuditChange = {};
  #underway: Underway | undefined;
  #error: WherryError | undefined;
  #over = false;

  constructor(book: AuditBook, response: ServerResponse, start: Start, frees: boolean) {
    this.#book = book;
    this.#response = response;
    this.#start = start;
    this.#frees = frees;
  }

  /** Whether it is noted already. */
  get begun(): boolean {
    return this.#underway !== undefined;
  }

  /** What it turns out to be about. */
  about(of: Pick<AuditEntry, 'namespace' | 'name'>): void {
    this.#start = { ...this.#start, ...of };
  }

  /** What is different afterwards. Never a value that may be secret. */
  note(change: AuditChange): void {
    this.#change = { ...this.#change, ...change };
  }

  /** On the disk when this resolves: only then anything may be changed. Throws `audit_unavailable`. */
  async begin(): Promise<void> {
    if (this.#underway !== undefined) return;
    this.#underway = await this.#book.begin(this.#start, this.#frees);
    this.#holdAnswer();
  }

  failed(error: WherryError): void {
    this.#error = error;
  }

  /** The handler is done. Where it left nothing to answer, because nobody listens any more, this is the end. */
  handled(): void {
    if (this.#underway === undefined) return;
    if (this.#response.destroyed) void this.#end();
    else this.#response.once('close', () => void this.#end());
  }

  /** The end of the answer goes out when the outcome is on the disk. */
  #holdAnswer(): void {
    const response = this.#response;
    const end = response.end.bind(response) as (...args: unknown[]) => ServerResponse;
    response.end = ((...args: unknown[]) => {
      void this.#end().then(() => end(...args));
      return response;
    }) as typeof response.end;
  }

  async #end(): Promise<void> {
    if (this.#over || this.#underway === undefined) return;
    this.#over = true;
    const { entry } = this.#underway;
    const error = this.#error?.code;
    const outcome = { status: this.#response.statusCode, ...(error === undefined ? {} : { error }) };
    const change = Object.keys(this.#change).length === 0 ? {} : { change: this.#change };
    if (error === 'forbidden' || error === 'unauthenticated')
      return this.#book.refused({ ...this.#start, ...change }, outcome, this.#underway);
    return this.#book.end({ ...this.#underway, entry: { ...entry, ...this.#start, ...change } }, outcome);
  }
}

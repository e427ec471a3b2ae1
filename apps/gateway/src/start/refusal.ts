/** Why the gateway does not start: one line with the cause and what to do. */
export class StartRefused extends Error {
  readonly next: string;

  constructor(cause: string, next: string) {
    super(cause);
    this.name = 'StartRefused';
    this.next = next;
  }
}

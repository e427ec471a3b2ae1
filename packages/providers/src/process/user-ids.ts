/**
 * Host users for instances: above every range that systems hand out (systemd's dynamic and container ranges end at
 * 1,879,048,191), so that no file on the machine belongs to them. Each is used by one instance at a time.
 */
const first = 1_900_000_000;
const count = 65_536;

export class UserIds {
  readonly #taken = new Set<number>();
  #next = 1;

  take(): number {
    // Round and round rather than the lowest free one: what an instance may have left behind somewhere must not fall to the next.
    for (let tried = 0; tried < count; tried++) {
      const id = first + this.#next;
      this.#next = (this.#next + 1) % count || 1;
      if (!this.#taken.has(id)) {
        this.#taken.add(id);
        return id;
      }
    }
    throw new Error('all users for instances are taken');
  }

  give(id: number): void {
    this.#taken.delete(id);
  }
}

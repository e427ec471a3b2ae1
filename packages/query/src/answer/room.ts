import { bounds } from '../bounds.ts';
import { tooLarge } from '../refusal.ts';

/** What a character of a label takes, in points: a point is about so many characters of an answer. */
const charactersOfPoint = 24;

/** What of an answer's room is taken. */
export class Room {
  #taken = 0;

  /** @throws `query_too_large` */
  take(points: number): void {
    this.#taken += points;
    if (this.#taken > bounds.answer)
      throw tooLarge(`The answer would have more than ${bounds.answer.toLocaleString('en')} points`);
  }

  /** @throws `query_too_large` */
  takeLabels(labels: Iterable<readonly [string, string]>): void {
    let characters = 0;
    for (const [name, value] of labels) characters += name.length + value.length;
    this.take(characters / charactersOfPoint);
  }
}

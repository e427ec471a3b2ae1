import type { AlertDocument, AlertKey, AlertStore } from '@wherry/core/ports/alert-store';
import { byAlertKey, alertKeyText } from '../alert-keys.ts';

/** Alerts that end with the process. */
export class MemoryAlertStore implements AlertStore {
  readonly #documents = new Map<string, AlertDocument>();

  async list(): Promise<readonly AlertDocument[]> {
    return [...this.#documents.values()].sort(byAlertKey).map((document) => structuredClone(document));
  }

  async write(puts: readonly AlertDocument[], removes: readonly AlertKey[]): Promise<void> {
    for (const document of puts) this.#documents.set(alertKeyText(document), structuredClone(document));
    for (const key of removes) this.#documents.delete(alertKeyText(key));
  }
}

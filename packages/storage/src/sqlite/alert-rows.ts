import type { AlertDocument, AlertKey } from '@wherry/core/ports/alert-store';
import { alertKeyText, byAlertKey } from '../alert-keys.ts';
import type { DatabaseFile } from './database-file.ts';
import { type Damage, SealedRows } from './sealed-rows.ts';

/** Alerts, in the database's thread. */
export class AlertRows {
  readonly #rows: SealedRows<AlertDocument>;

  constructor(file: DatabaseFile, at: number, report: (damage: Damage) => void) {
    this.#rows = new SealedRows(file, 'alerts', at, report);
  }

  list(): readonly AlertDocument[] {
    return this.#rows.values().sort(byAlertKey);
  }

  write(puts: readonly AlertDocument[], removes: readonly AlertKey[]): void {
    if (puts.length > 0) this.#rows.writeAll(puts.map((document) => [alertKeyText(document), document]));
    for (const key of removes) this.#rows.remove(alertKeyText(key));
  }
}

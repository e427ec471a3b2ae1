import type { Strings } from '@wherry/core/function';
import type { StoredPackage } from '@wherry/core/ports/package-store';

/** The receiving side of OpenFaaS's remote builder, as the routes know it. */
export interface RemoteBuilder {
  /** What build secrets are sealed for. */
  readonly publicKey: Uint8Array;
  /** Takes a signed upload, and keeps its source. */
  take(
    body: AsyncIterable<Uint8Array>,
    signature: string | undefined,
  ): Promise<{
    readonly image: string;
    readonly source: StoredPackage;
    readonly args: Strings;
    readonly secrets: ReadonlyMap<string, Uint8Array>;
    readonly notDone: readonly string[];
  }>;
}

import type * as DataFolder from '@wherry/gateway/data-folder';

export type { Restored, SalvageReport, Saved } from '@wherry/gateway/data-folder';

/** Work on a data folder of this machine, without its gateway. Loaded when it is needed: it is not small. */
export const dataFolder = (): Promise<typeof DataFolder> => import('@wherry/gateway/data-folder');

/** What a host may see and use: the same whichever tool builds the fence. */
export interface Enclosure {
  /** The program and its arguments, as paths inside. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Host folders and files that are shown inside, read-only. */
  readonly readOnly: readonly Bind[];
  /** Folders of this machine that can be written: where a host makes its socket, where a build works. */
  readonly writable: readonly Bind[];
  /** Where it starts, as a path inside. */
  readonly cwd: string;
  /** An empty folder of this instance, for tools that need a place to build the new root. */
  readonly rootFolder: string;
  readonly scratchBytes: number;
  /** none: a network of its own with nothing in it. joined: it is started inside one that was made for it. */
  readonly network: 'none' | 'joined' | 'host';
  /** Host user and group of the function, where the gateway may give it one. */
  readonly user: number | undefined;
}

export interface Bind {
  readonly from: string;
  readonly to: string;
}

/** A command line for `spawn`, and what it wants open. */
export interface Launch {
  readonly argv: readonly string[];
  /** A file for descriptor 4. */
  readonly filter?: string;
  /** Further arguments, which it reads from descriptor 5, each ended by NUL: everybody on the machine may read a command line. */
  readonly unseen?: readonly string[];
  /** Whether the host is alone in its process namespace. */
  readonly contained: boolean;
}

/** Where things are inside, for every tool that can move them. */
export const inside = {
  socketFolder: '/run/wherry',
  function: '/function',
  host: '/opt/wherry/host',
  secrets: '/var/openfaas/secrets',
} as const;

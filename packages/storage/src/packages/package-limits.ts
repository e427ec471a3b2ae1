const mebibyte = 2 ** 20;

/** What an archive may be at most. Far above what functions are, far below what hurts the machine. */
export const packageLimits = {
  /** Of the upload, as it comes. */
  archiveBytes: 256 * mebibyte,
  /** Of all files together; and of the tar stream, which is a little more. */
  unpackedBytes: 512 * mebibyte,
  /** Files and folders, named or implied. */
  entries: 20_000,
  /** Folders within folders. */
  depth: 32,
  /** Of one name, in bytes: what file systems take. */
  nameBytes: 255,
  /** Of a name with its folders, in bytes. */
  pathBytes: 1024,
  /** How many times larger than the upload the content may be … */
  ratio: 100,
  /** … once it is larger than this: small archives of blank text are harmless. */
  ratioFromBytes: mebibyte,
  manifestBytes: 65_536,
  /** Of one extended header: a path, a few times over. */
  metaBytes: 65_536,
} as const;

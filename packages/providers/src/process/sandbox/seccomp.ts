// Long because: the list of refused system calls stands in one place, for both processors.

/**
 * The system-call filter of a sandbox, assembled by hand (classic BPF, seccomp(2)), so that no native library is needed.
 * It names what is refused: everything that reaches beyond one process's own memory, files and sockets, and every way to new
 * namespaces, which are the kernel's largest attack surface for somebody without rights.
 */

const x64 = 0;
const arm64 = 1;

/** Refused with EPERM: number on x64, number on arm64 (undefined: does not exist there). */
const refused: Readonly<Record<string, readonly [number | undefined, number | undefined]>> = {
  // Mounts, roots and namespaces.
  mount: [165, 40],
  umount2: [166, 39],
  pivot_root: [155, 41],
  chroot: [161, 51],
  unshare: [272, 97],
  setns: [308, 268],
  open_tree: [428, 428],
  move_mount: [429, 429],
  fsopen: [430, 430],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fspick: [433, 433],
  mount_setattr: [442, 442],
  // Other processes.
  ptrace: [101, 117],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  process_madvise: [440, 440],
  pidfd_getfd: [438, 438],
  kcmp: [312, 272],
  perf_event_open: [298, 241],
  // The kernel itself.
  init_module: [175, 105],
  finit_module: [313, 273],
  delete_module: [176, 106],
  kexec_load: [246, 104],
  kexec_file_load: [320, 294],
  bpf: [321, 280],
  userfaultfd: [323, 282],
  io_uring_setup: [425, 425],
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
  memfd_secret: [447, 447],
  modify_ldt: [154, undefined],
  personality: [135, 92],
  iopl: [172, undefined],
  ioperm: [173, undefined],
  uselib: [134, undefined],
  // The machine: power, time, name, accounting, swap, log, quota.
  reboot: [169, 142],
  settimeofday: [164, 170],
  clock_settime: [227, 112],
  clock_adjtime: [305, 266],
  adjtimex: [159, 171],
  sethostname: [170, 161],
  setdomainname: [171, 162],
  acct: [163, 89],
  swapon: [167, 224],
  swapoff: [168, 225],
  syslog: [103, 116],
  quotactl: [179, 60],
  quotactl_fd: [443, 443],
  vhangup: [153, 58],
  nfsservctl: [180, 42],
  lookup_dcookie: [212, 18],
  // Keys, watches over whole file systems, files by handle, memory placement.
  add_key: [248, 217],
  request_key: [249, 218],
  keyctl: [250, 219],
  fanotify_init: [300, 262],
  name_to_handle_at: [303, 264],
  open_by_handle_at: [304, 265],
  mbind: [237, 235],
  set_mempolicy: [238, 237],
  set_mempolicy_home_node: [450, 450],
  migrate_pages: [256, 238],
  move_pages: [279, 239],
};

const clone = [56, 220] as const;
const clone3 = 435;
const ioctl = [16, 29] as const;
const socket = [41, 198] as const;
const socketpair = [53, 199] as const;

/** Any CLONE_NEW… flag (sched.h), the time namespace left out because clone(2) has no bit for it. */
const newNamespaces = 0x7e020000;
/** TIOCSTI types into the terminal that started the gateway. */
const tiocsti = 0x5412;
/**
 * AF_UNIX, AF_INET, AF_INET6, AF_NETLINK (which lists interfaces). Others make the kernel load modules that hardly anybody has looked at, and
 * no network namespace fences sockets to the hypervisor.
 */
const allowedFamilies = [1, 2, 10, 16];

const auditArch = [0xc000003e, 0xc00000b7] as const;
/** x64 kernels also take the x32 numbering, marked by this bit. */
const x32Bit = 0x40000000;

const eperm = 0x00050000 | 1;
const enosys = 0x00050000 | 38;
const allow = 0x7fff0000;
const killProcess = 0x80000000;

const offset = { number: 0, arch: 4, argument0: 16, argument1: 24 };

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, value: number];
const load = (at: number): Instruction => [0x20, 0, 0, at];
const ret = (value: number): Instruction => [0x06, 0, 0, value];
/** Skips the next instruction unless equal. */
const unlessEqualSkip = (value: number): Instruction => [0x15, 0, 1, value];

/** The names that the filter refuses; the tests try them. */
export const refusedCalls: readonly string[] = Object.keys(refused);

/** The filter as the kernel takes it, or undefined for a processor that it is not written for. */
export function seccompFilter(processor: string): Buffer | undefined {
  const column = processor === 'x64' ? x64 : processor === 'arm64' ? arm64 : undefined;
  if (column === undefined) return undefined;
  const program: Instruction[] = [
    load(offset.arch),
    [0x15, 1, 0, auditArch[column]],
    ret(killProcess),
    load(offset.number),
  ];
  if (column === x64) program.push([0x35, 0, 1, x32Bit], ret(enosys));
  for (const numbers of Object.values(refused)) {
    const number = numbers[column];
    if (number !== undefined) program.push(unlessEqualSkip(number), ret(eperm));
  }
  // The flags of clone3 are behind a pointer; saying that it does not exist makes libc use clone.
  program.push(unlessEqualSkip(clone3), ret(enosys));
  // Each block that looks at an argument is skipped as a whole for other calls, because it reloads the accumulator.
  program.push(
    [0x15, 0, 4, clone[column]],
    load(offset.argument0),
    [0x45, 0, 1, newNamespaces],
    ret(eperm),
    ret(allow),
  );
  program.push(
    [0x15, 0, 4, ioctl[column]],
    load(offset.argument1),
    unlessEqualSkip(tiocsti),
    ret(eperm),
    ret(allow),
  );
  const families = allowedFamilies.flatMap((family) => [unlessEqualSkip(family), ret(allow)]);
  for (const call of [socket, socketpair]) {
    const look = [load(offset.argument0), ...families, ret(eperm)];
    program.push([0x15, 0, look.length, call[column]], ...look);
  }
  program.push(ret(allow));
  return assemble(program);
}

function assemble(program: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(program.length * 8);
  program.forEach(([code, ifTrue, ifFalse, value], i) => {
    bytes.writeUInt16LE(code, i * 8);
    bytes[i * 8 + 2] = ifTrue;
    bytes[i * 8 + 3] = ifFalse;
    bytes.writeUInt32LE(value >>> 0, i * 8 + 4);
  });
  return bytes;
}

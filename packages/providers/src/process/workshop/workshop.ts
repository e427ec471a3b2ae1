import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Contact } from '@wherry/core/contact';
import type { DeploymentKey } from '@wherry/core/function';
import type { Job, JobEnd, Workshop } from '@wherry/core/ports/workshop';
import { WherryError } from '@wherry/core/errors';
import type { HostParts } from '../host.ts';
import { LogTap } from '../log-tap.ts';
import { gateOf } from '../network/gate-of.ts';
import { bubblewrap } from '../sandbox/bubblewrap.ts';
import type { Enclosure, Launch } from '../sandbox/enclosure.ts';
import { systemFolders } from '../sandbox/system-folders.ts';
import { utilLinux } from '../sandbox/util-linux.ts';
import { hostPath } from './unfenced.ts';
import { belongsTo, handOver } from './handing-over.ts';
import { JobProcess } from './job-process.ts';
import { overLimits, watchDisk } from './disk-watch.ts';

/** Temporary files of a job; they count as its memory. */
const scratchBytes = 256 * 2 ** 20;
/** For people: the rest of a longer line is cut. */
const lineChars = 2_000;

/** Runs builds behind the fence that functions have on this machine. `parts` are those of hosts, once the machine has been looked at. */
export class ProcessWorkshop implements Workshop {
  readonly #parts: () => HostParts;
  readonly #folder: string;

  constructor(folder: string, parts: () => HostParts) {
    this.#folder = folder;
    this.#parts = parts;
  }

  get fenced(): boolean {
    return this.#parts().fencing.tool !== 'none';
  }

  async run(job: Job, told: (line: string) => void, signal: AbortSignal): Promise<JobEnd> {
    const parts = this.#parts();
    const { fencing, clock, groups } = parts;
    if (fencing.tool !== 'none' && job.network.kind === 'listed' && 'problem' in fencing.networking)
      throw new WherryError('network_unavailable', `a build: ${fencing.networking.problem}`, { component });
    const id = `build-${parts.ids.shortId()}`;
    const folder = join(this.#folder, id);
    const made: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
    try {
      mkdirSync(join(folder, 'root'), { recursive: true, mode: 0o711 });
      const user = fencing.ownUsers ? parts.users.builder(job.owner) : undefined;
      for (const { from, kept } of job.writable)
        if (kept !== true || !belongsTo(from, user)) await handOver(from, user);
      const refused = new Set<string>();
      const tap = new LogTap(clock, id, asDeployment(job), (lines) => {
        for (const { stream, text } of lines) if (stream !== 'mark') told(text.slice(0, lineChars));
      });
      const contacted = (contact: Contact): void => {
        if (contact.outcome === 'refused' && refused.size < 20) refused.add(contact.target);
      };
      const shape = { ...job.limits, scratchBytes, network: job.network };
      const gate = await gateOf({ ...parts, contacted }, shape, id, asDeployment(job), tap);
      made.push(() => gate?.close());
      const { launch, env, cwd } = this.#launch(parts, job, folder, user, gate?.space.enter ?? []);
      const child = new JobProcess(launch, cwd, env, job.limits);
      made.push(() => child.kill());
      tap.follow(child.stdout, 'stdout');
      tap.follow(child.stderr, 'stderr');
      const group = groups?.make(id);
      // Killed and waited for, whatever it forked: only then do its files stand still.
      made.push(() => group?.remove());
      group?.limit(job.limits);
      if (child.pid !== undefined) await group?.enter(child.pid);
      child.go();
      const stopWatching = watchDisk(clock, job, (what) => child.end(what));
      made.push(stopWatching);
      made.push(clock.after(job.limits.timeMs, () => child.end('time')));
      const cancel = (): void => child.end('cancelled');
      signal.addEventListener('abort', cancel);
      made.push(() => signal.removeEventListener('abort', cancel));
      if (signal.aborted) cancel();
      const end = await child.ended;
      tap.flush();
      const left = end.exceeded === undefined ? await overLimits(job) : undefined;
      const exceeded = end.exceeded ?? left ?? (group?.usage().outOfMemory === true ? 'memory' : undefined);
      return { code: end.code, refused: [...refused], ...(exceeded === undefined ? {} : { exceeded }) };
    } finally {
      for (const undo of made.reverse()) await undo();
      for (const { from, kept } of job.writable) if (kept !== true) await handOver(from, undefined);
    }
  }

  #launch(
    parts: HostParts,
    job: Job,
    folder: string,
    user: number | undefined,
    enter: readonly string[],
  ): { launch: Launch; env: Readonly<Record<string, string>>; cwd: string } {
    const { fencing } = parts;
    const env = {
      PATH: '/usr/local/bin:/usr/bin:/bin',
      LANG: 'C.UTF-8',
      HOME: '/tmp',
      TMPDIR: '/tmp',
      ...job.env,
    };
    if (fencing.tool === 'none') {
      const command = [...fencing.leash, ...job.command.map((word) => hostPath(word, job))];
      const own = Object.fromEntries(Object.entries(env).map(([key, text]) => [key, hostPath(text, job)]));
      const scratch = join(folder, 'root');
      return {
        launch: { argv: command, contained: false },
        env: { ...own, PATH: job.env['PATH'] ?? parts.path, HOME: scratch, TMPDIR: scratch },
        cwd: hostPath(job.cwd, job),
      };
    }
    const id = user ?? process.getuid?.() ?? 0;
    const passwd = join(folder, 'passwd');
    writeFileSync(passwd, `root:x:0:0:root:/:/bin/sh\nbuild:x:${id}:${id}:build:/tmp:/bin/sh\n`, {
      mode: 0o644,
    });
    const network = enter.length > 0 ? 'joined' : job.network.kind === 'host' ? 'host' : 'none';
    const enclosure: Enclosure = {
      command: job.command,
      env,
      readOnly: [...job.shown, { from: passwd, to: '/etc/passwd' }],
      writable: job.writable,
      cwd: job.cwd,
      rootFolder: join(folder, 'root'),
      scratchBytes,
      network,
      user,
    };
    const system = systemFolders(fencing.etc[network]);
    const launch =
      fencing.tool === 'bubblewrap'
        ? bubblewrap(enclosure, system, fencing.filter, true)
        : utilLinux(enclosure, system);
    return { launch: { ...launch, argv: [...enter, ...launch.argv] }, env: {}, cwd: folder };
  }
}

const component = 'workshop';

/** Whose lines and connections these are, for the parts that know functions only. */
function asDeployment({ owner }: Job): DeploymentKey {
  return { namespace: owner, name: 'build', version: 0 };
}

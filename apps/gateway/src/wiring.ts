// Long because: every adapter is named here, and nowhere else.
import { availableParallelism, hostname } from 'node:os';
import { join } from 'node:path';
import { Platform } from '@wherry/engine/platform';
import { RemoteBuilder as SignedUploads } from '@wherry/build/context/remote-builder';
import { RecipeBuilder } from '@wherry/build/builder';
import { fetchNode } from '@wherry/build/fetch-node';
import { Toolbox } from '@wherry/build/tools/toolbox';
import type { PackageStore } from '@wherry/core/ports/package-store';
import { networkGrant } from '@wherry/core/rules/network-grant';
import { builtInDefaults, policyOf } from '@wherry/core/rules/policy';
import { AllowedAddresses } from '@wherry/forward/callbacks/allowed-addresses';
import { HttpCallbackSender } from '@wherry/forward/callbacks/http-sender';
import { keyFor, secretText } from '@wherry/forward/callbacks/signature';
import { ChannelSender } from '@wherry/forward/notices/channel-sender';
import { FramesForwarder } from '@wherry/forward/frames/forwarder';
import type { FunctionsDoor } from '@wherry/providers/process/network/gate';
import { lookUp } from '@wherry/providers/process/network/look-up';
import { ProcessProvider } from '@wherry/providers/process/provider';
import { FolderBackups } from '@wherry/storage/backup/folder-backups';
import { clearWork } from '@wherry/storage/backup/make-backup';
import { FileCatalogue } from '@wherry/storage/catalogue/file-catalogue';
import { DiskPackageStore } from '@wherry/storage/packages/disk-package-store';
import { patterns } from '@wherry/query/patterns';
import { queries } from '@wherry/query/queries';
import { openStore } from '@wherry/storage/sqlite/open-store';
import { cronCalendar } from '@wherry/triggers/cron-calendar';
import { webhookSignatures } from '@wherry/triggers/webhooks/signatures';
import { routes } from '@wherry/wire/routes';
import type { Losses } from './metrics/gateway-metrics.ts';
import type { Settings } from './config/settings.ts';
import { machineClock } from './machine/clock.ts';
import { machineIds } from './machine/ids.ts';
import type { Log } from './machine/log.ts';
import { availableMemory, machineMemory } from './machine/memory.ts';
import { builderKey, callbackKey, payloadSecret } from './start/own-secrets.ts';
import type { RemoteBuilder } from './start/remote-builder.ts';
import type { Runtimes } from './start/server.ts';
import { adminToken, hashToken } from './start/admin-token.ts';
import { tracingOf } from './traces/tracing.ts';
import { scrubs } from './start/scrubs.ts';
import { functionsArePublic, isExposed } from './start/exposure.ts';

/** The platform with its adapters: the only place where they are named. */
export interface Wired {
  /** The file with the keys of the secrets. */
  readonly secretKeys: string;
  readonly platform: Platform;
  readonly packages: PackageStore;
  readonly runtimes: Runtimes;
  readonly remoteBuilder: RemoteBuilder;
  readonly adminToken: { readonly path: string; readonly made: boolean };
  /** Records and lines that the store could not keep up with. */
  losses(): Omit<Losses, 'spans'>;
  /** Says where functions come in that may call functions. */
  openDoor(door: FunctionsDoor): void;
  /** What answers to callers are signed with, as receivers write it down. */
  callbackKey(origin: string): string;
  /** Says by which hosts, with their ports where they are named, this gateway is reached. */
  knowHosts(known: (host: string) => boolean): void;
  /** Where the dashboard is found; messages about alerts lead there unless a setting says where to. */
  knowDashboard(url: string): void;
  /** Closes what the platform does not own. */
  close(): Promise<void>;
}

const hosts = join(import.meta.dirname, '../../../packages/runtime');
const bundled = join(import.meta.dirname, '../../../store/functions');
const bundledCatalogue = join(import.meta.dirname, '../../../store/catalogue.json');

/** First segments of the gateway's own paths, and of those that later releases need. */
const ownPaths = [
  ...Object.values(routes).map(({ path }) => path.split('/')[1] ?? ''),
  ...['async-function', 'metrics', 'validate', '.well-known'],
];

/** `ownHosts`: names of the gateway, which no function may have. `program`: the version, for backups. */
export async function wire(
  settings: Settings,
  env: Readonly<Record<string, string | undefined>>,
  log: Log,
  ownHosts: readonly string[],
  program: string,
): Promise<Wired> {
  const { home } = settings;
  const path = env['PATH'] ?? '';
  const secretKeys = settings['secrets.keyFile'] || join(home, 'secrets.key');
  const store = await openStore({
    home,
    secretKeys,
    now: () => machineClock.now(),
    queueRoom: settings['queue.room'],
    onDamage: (damage) =>
      log.problem(
        `a damaged row of ${damage.origin} (${damage.key ?? 'unknown'}) was left out: ${damage.reason}`,
      ),
  });
  try {
    const token = adminToken(home, machineIds);
    const packages = await DiskPackageStore.open(home);
    await clearWork(home);
    const origin = { home, program, host: hostname() };
    const forwarder = new FramesForwarder();
    const defaults = {
      ...builtInDefaults,
      deadlineMs: settings['functions.timeout'],
      idleMs: settings['functions.idle'],
      network: networkGrant('functions.network', settings['functions.network']),
    };
    let dashboard: string | undefined;
    let isOwnHost = (_host: string): boolean => false;
    let door: FunctionsDoor = (connection) => void connection.destroy();
    const provider = new ProcessProvider({
      folder: join(home, 'run'),
      hosts,
      bundled,
      fetched: join(home, 'runtimes'),
      path,
      pool: settings.pool,
      fence: settings.isolation === 'none' ? 'none' : settings.fence,
      usualShape: policyOf({ namespace: '', name: '', image: '' }, defaults),
      clock: machineClock,
      ids: machineIds,
      forwarder,
      packages,
      secrets: store.secrets,
      lookUp: lookUp(machineClock),
      door: (connection, from) => door(connection, from),
      problem: (message) => log.problem(message),
    });
    const machineBytes = machineMemory();
    const payloadFile = settings['build.payloadSecret'] || join(home, 'payload.secret');
    // Made now, so that it can be handed to clients before the first of them comes.
    payloadSecret(payloadFile);
    const { workshop } = provider;
    const toolbox = new Toolbox({
      path,
      env,
      mirrors: settings['build.mirrors'],
      interpreters: () => provider.allRuntimes(),
    });
    const limits = {
      memoryBytes: settings['build.memory'],
      diskBytes: settings['build.disk'],
      timeMs: settings['build.time'],
      processes: 512,
    };
    const builder = await RecipeBuilder.open({
      folder: join(home, 'builds'),
      ...{ packages, workshop, toolbox, limits, now: () => machineClock.monotonic() },
    });
    const sender = (allowed: AllowedAddresses): HttpCallbackSender =>
      new HttpCallbackSender({
        ...{ allowed, key: () => callbackKey(home), agent: 'wherry', now: () => machineClock.now() },
      });
    const alertTargets = new AllowedAddresses('alerts.targets', settings['alerts.targets']);
    const platform = new Platform(
      {
        clock: machineClock,
        ids: machineIds,
        provider,
        forwarder,
        desired: store.desiredState,
        records: store.records,
        captures: store.captures,
        logs: store.logs,
        scalings: store.scalings,
        history: store.metrics,
        queries,
        patterns,
        alerts: store.alerts,
        notices: new ChannelSender({ http: sender(alertTargets), allowed: alertTargets }),
        audit: store.audit,
        tokens: store.tokens,
        namespaces: store.namespaces,
        boards: store.boards,
        secrets: store.secrets,
        packages,
        builder,
        builds: store.builds,
        queue: store.queue,
        schedules: store.schedules,
        reports: store.reports,
        calendar: cronCalendar,
        signatures: webhookSignatures,
        callbacks: sender(new AllowedAddresses('queue.callbacks', settings['queue.callbacks'])),
        random: Math.random,
        tracing: await tracingOf(settings, env, program),
        backups: new FolderBackups(origin, settings['backup.folder'] || join(home, 'backups')),
        store: new FileCatalogue({
          from: settings['store.catalogue'],
          bundled: bundledCatalogue,
          functions: bundled,
          now: () => machineClock.monotonic(),
        }),
        adminToken: token,
        hash: hashToken,
        memory: {
          budgetBytes: settings.memoryBudget ?? machineBytes * 0.8,
          machineBytes,
          available: availableMemory,
        },
        problem: (message) => log.problem(message),
      },
      {
        defaults,
        functionsArePublic: functionsArePublic(settings),
        versionsArePublic: !isExposed(settings),
        routes: {
          ownHosts,
          ownPaths,
          openHosts: settings['functions.hosts'].map((host) => host.toLowerCase()),
        },
        maxWaiting: settings.maxWaiting,
        maxBodyBytes: settings.maxBody,
        stopGraceMs: settings.stopGrace,
        buildsAtOnce: settings['build.atOnce'],
        startsAtOnce: availableParallelism(),
        drainMs: settings.drain,
        records: { maxAgeMs: settings['calls.keep'], maxBytes: settings['calls.maxSize'] },
        captures: {
          maxBodyBytes: settings['capture.maxBody'],
          maxAgeMs: settings['capture.keep'],
          maxBytes: settings['capture.maxSize'],
        },
        logs: { maxAgeMs: settings['logs.keep'], maxBytes: settings['logs.maxSize'] },
        exits: { maxAgeMs: settings['instances.keep'], maxBytes: settings['instances.maxSize'] },
        metrics: { maxBytes: settings['metrics.maxSize'] },
        audit: { maxAgeMs: settings['audit.keep'] },
        queue: {
          maxBodyBytes: settings['queue.maxBody'],
          keepMs: settings['queue.keep'],
          keepBytes: settings['queue.keepBody'],
          mostKeptBytes: settings['queue.maxSize'],
          deadMs: settings['queue.keepDead'],
          keyMs: settings['queue.keepKeys'],
        },
        alerts: {
          everyMs: settings['alerts.every'],
          waitMs: settings['alerts.wait'],
          intervalMs: settings['alerts.interval'],
          repeatMs: settings['alerts.repeat'],
          source: () => settings['alerts.source'] || (dashboard ?? `http://${hostname()}:${settings.port}`),
        },
        isOwnHost: (host) => isOwnHost(host),
        backups: {
          every: settings['backup.every'],
          keep: settings['backup.keep'],
          history: settings['backup.history'],
        },
      },
    );
    const scrub = () =>
      store.scrub().catch((error: Error) => log.problem(`the history was not checked: ${error.message}`));
    const stopScrubs = scrubs(machineClock, scrub);
    return {
      secretKeys,
      platform,
      packages,
      remoteBuilder: new SignedUploads(
        join(home, 'builds', 'uploads'),
        packages,
        () => payloadSecret(payloadFile),
        () => builderKey(join(home, 'builder.key')),
      ),
      runtimes: {
        list: () => provider.allRuntimes(),
        addNode: (major, told, signal) =>
          fetchNode(major, { into: join(home, 'runtimes'), workshop, toolbox, limits }, told, signal),
      },
      adminToken: token,
      losses: () => {
        const { calls, captures, lines: logs, scalings, samples: metrics } = store.losses();
        return { calls, captures, logs, scalings, metrics };
      },
      callbackKey: (origin) => secretText(keyFor(callbackKey(home), origin)),
      knowHosts: (known) => {
        isOwnHost = known;
      },
      knowDashboard: (url) => {
        dashboard = url;
      },
      openDoor: (opened) => {
        door = opened;
      },
      close() {
        stopScrubs();
        return store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

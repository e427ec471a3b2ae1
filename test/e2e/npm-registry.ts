// A registry of npm packages that are made up by a test, at an address that a build can be allowed to reach.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { create } from 'tar';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** An address of this machine that is not its loopback: what a build could ever be granted. */
export function ownAddress(): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
}

interface Made {
  readonly manifest: Readonly<Record<string, unknown>>;
  readonly tarball: Buffer;
}

export class NpmRegistry {
  readonly #packages = new Map<string, Made>();
  /** Paths that were asked for. */
  readonly asked: string[] = [];
  url = '';

  static async start(t: { after(fn: () => void): void }, address: string): Promise<NpmRegistry> {
    const registry = new NpmRegistry();
    const server = createServer((request, response) => {
      const path = decodeURIComponent(request.url ?? '');
      registry.asked.push(path);
      const [, name = '', file] = /^\/((?:@[^/]+\/)?[^/]+)(?:\/-\/(.+))?$/.exec(path) ?? [];
      const made = registry.#packages.get(name);
      if (made === undefined) return void response.writeHead(404).end('{"error":"Not found"}');
      if (file !== undefined) return void response.end(made.tarball);
      const version = String(made.manifest['version']);
      const integrity = `sha512-${createHash('sha512').update(made.tarball).digest('base64')}`;
      const dist = { tarball: `${registry.url}/${name}/-/${name}-${version}.tgz`, integrity };
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({
          name,
          'dist-tags': { latest: version },
          versions: { [version]: { ...made.manifest, dist } },
        }),
      );
    });
    await new Promise<void>((done) => server.listen(0, address, done));
    registry.url = `http://${address}:${(server.address() as AddressInfo).port}`;
    t.after(() => {
      server.closeAllConnections();
      server.close();
    });
    return registry;
  }

  async publish(
    name: string,
    files: Readonly<Record<string, string | Uint8Array>>,
    more: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    const manifest = { name, version: '1.0.0', main: 'index.js', ...more };
    const folder = mkdtempSync(join(tmpdir(), 'npm-package-'));
    for (const [path, content] of Object.entries({ 'package.json': JSON.stringify(manifest), ...files })) {
      mkdirSync(dirname(join(folder, 'package', path)), { recursive: true });
      writeFileSync(join(folder, 'package', path), content);
    }
    const pieces: Buffer[] = [];
    const packed = create({ cwd: folder, gzip: true, portable: true }, ['package']);
    for await (const piece of packed as unknown as AsyncIterable<Buffer>) pieces.push(piece);
    rmSync(folder, { recursive: true, force: true });
    this.#packages.set(name, { manifest, tarball: Buffer.concat(pieces) });
  }
}

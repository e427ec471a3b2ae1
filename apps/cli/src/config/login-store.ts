import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Credentials for one gateway, matched by its exact address. */
export interface Login {
  readonly gateway: string;
  /** The value of the Authorization header. */
  readonly authorization: string;
  readonly user?: string;
}

/** `logins.json` in Wherry's home: readable by its owner only, replaced as a whole. */
export class LoginStore {
  readonly path: string;

  constructor(home: string) {
    this.path = join(home, 'logins.json');
  }

  find(gateway: string): Login | undefined {
    return this.#read().find((login) => login.gateway === gateway);
  }

  put(login: Login): void {
    this.#write([...this.#read().filter(({ gateway }) => gateway !== login.gateway), login]);
  }

  /** False where there was none. */
  remove(gateway: string): boolean {
    const logins = this.#read();
    const rest = logins.filter((login) => login.gateway !== gateway);
    if (rest.length === logins.length) return false;
    this.#write(rest);
    return true;
  }

  #read(): readonly Login[] {
    let text: string;
    try {
      text = readFileSync(this.path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
    const content = JSON.parse(text) as { logins?: Login[] };
    return Array.isArray(content.logins) ? content.logins : [];
  }

  #write(logins: readonly Login[]): void {
    mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
    const fresh = `${this.path}.${process.pid}`;
    try {
      writeFileSync(fresh, `${JSON.stringify({ version: 1, logins }, null, 2)}\n`, {
        mode: 0o600,
        flag: 'wx',
      });
      chmodSync(fresh, 0o600);
      renameSync(fresh, this.path);
    } catch (error) {
      rmSync(fresh, { force: true });
      throw error;
    }
  }
}

/** Secrets in the operating system's key store, by keytar, where there is one that works. */
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import type { SecretPlace } from './place.ts';

/** What this needs of keytar; the package is optional and may be missing with its types. */
interface Keytar {
  getPassword(service: string, account: string): Promise<string | null>;
  setPassword(service: string, account: string, password: string): Promise<void>;
  deletePassword(service: string, account: string): Promise<boolean>;
}

const SERVICE = 'guts';
/** A locked key store asks its owner to unlock it, and the call waits for that. */
const PATIENCE_MS = 20_000;

export class KeyStore implements SecretPlace {
  readonly kind = 'keyStore';
  readonly #keytar: Keytar;

  private constructor(keytar: Keytar) {
    this.#keytar = keytar;
  }

  /** The key store after a real try, with a random entry; null where anything about it fails or takes too long. */
  static async open(): Promise<KeyStore | null> {
    const account = `probe-${randomUUID()}`;
    try {
      const keytar = load();
      const tried = (async (): Promise<boolean> => {
        await keytar.setPassword(SERVICE, account, account);
        const isSame = (await keytar.getPassword(SERVICE, account)) === account;
        return (await keytar.deletePassword(SERVICE, account)) && isSame;
      })();
      return (await inTime(tried)) ? new KeyStore(keytar) : null;
    } catch {
      return null; // no library, no bus, no provider, nobody to unlock it: all the same, there is no key store
    }
  }

  async has(id: string): Promise<boolean> {
    return (await this.get(id)) !== null;
  }

  async get(id: string): Promise<string | null> {
    return await this.#keytar.getPassword(SERVICE, id);
  }

  async set(id: string, secret: string): Promise<void> {
    await this.#keytar.setPassword(SERVICE, id, secret);
  }

  async delete(id: string): Promise<void> {
    await this.#keytar.deletePassword(SERVICE, id);
  }
}

/** Found from where this program lies: it is a native module, so it stays outside the bundle. */
function load(): Keytar {
  const here = typeof __dirname === 'string' ? __dirname : import.meta.dirname;
  return createRequire(path.join(here, 'any.cjs'))('keytar') as Keytar; // its own types say the same
}

async function inTime(tried: Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), PATIENCE_MS);
  });
  try {
    return await Promise.race([tried, late]);
  } finally {
    clearTimeout(timer);
  }
}

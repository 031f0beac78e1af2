/** Secrets in the operating system's key store, by keytar, where there is one that works. */
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import { KeyStoreError } from './errors.ts';
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

/** Keytar's errors have no codes: what they say, and what it means. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/Cannot find module/, 'this Guts came without keytar, which speaks to key stores'],
  [/libsecret/, 'the library libsecret is missing'],
  [
    /autolaunch D-Bus|Cannot spawn a message bus|Could not connect|DBUS_SESSION_BUS/i,
    'nobody is signed in to a desktop: there is no session bus',
  ],
  [/org\.freedesktop\.secrets/, 'no program offers the Secret Service on this session bus'],
  [/Object does not exist|prompt/i, 'its keyring is locked, and nobody can be asked to unlock it'],
];

/** There is none that works. */
export class NoKeyStore {
  readonly why: string;

  constructor(why: string) {
    this.why = why;
  }
}

export class KeyStore implements SecretPlace {
  readonly kind = 'keyStore';
  readonly #keytar: Keytar;

  private constructor(keytar: Keytar) {
    this.#keytar = keytar;
  }

  /** The key store after a real try, with a random entry. */
  static async open(): Promise<KeyStore | NoKeyStore> {
    const account = `probe-${randomUUID()}`;
    try {
      const keytar = load();
      const tried = (async (): Promise<boolean> => {
        await keytar.setPassword(SERVICE, account, account);
        const isSame = (await keytar.getPassword(SERVICE, account)) === account;
        return (await keytar.deletePassword(SERVICE, account)) && isSame;
      })();
      const outcome = await inTime(tried);
      if (outcome === 'late')
        return new NoKeyStore(
          `it did not answer within ${PATIENCE_MS / 1000} s: it may wait for somebody to unlock it`,
        );
      return outcome ? new KeyStore(keytar) : new NoKeyStore('it did not give back what was put into it');
    } catch (error) {
      return new NoKeyStore(reasonOf(error)); // no library, no bus, no provider, nobody to unlock it
    }
  }

  async has(id: string): Promise<boolean> {
    return (await this.get(id)) !== null;
  }

  async get(id: string): Promise<string | null> {
    return await told(this.#keytar.getPassword(SERVICE, id));
  }

  async set(id: string, secret: string): Promise<void> {
    await told(this.#keytar.setPassword(SERVICE, id, secret));
  }

  async delete(id: string): Promise<void> {
    await told(this.#keytar.deletePassword(SERVICE, id));
  }
}

/** What worked when it was tried can be locked, or gone, by now. @throws KeyStoreError */
async function told<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw new KeyStoreError(reasonOf(error), { cause: error });
  }
}

/** Found from where this program lies: it is a native module, so it stays outside the bundle. */
function load(): Keytar {
  const here = typeof __dirname === 'string' ? __dirname : import.meta.dirname;
  return createRequire(path.join(here, 'any.cjs'))('keytar') as Keytar; // its own types say the same
}

function reasonOf(error: unknown): string {
  const text = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  return REASONS.find(([pattern]) => pattern.test(text))?.[1] ?? text;
}

async function inTime(tried: Promise<boolean>): Promise<boolean | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), PATIENCE_MS);
  });
  try {
    return await Promise.race([tried, late]);
  } finally {
    clearTimeout(timer);
    tried.catch(() => {}); // after its time: nobody waits for it any more
  }
}

/** Secrets in a file that a passphrase seals: AES-256-GCM for each entry, the key by scrypt. */
import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { access } from 'node:fs/promises';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { Low } from 'lowdb';
import { z } from 'zod';
import { DurableFile } from '../store/durable-file.ts';
import { asOnlyWriter } from '../store/writer-lock.ts';
import { VaultDamagedError, WrongPassphraseError } from './errors.ts';
import type { SecretPlace } from './place.ts';

const SCHEMA_VERSION = 1;
/** About 0.7 s and 128 MiB for each guess at the passphrase. */
const COST = { N: 2 ** 17, r: 8, p: 1 } as const;
const MOST_MEMORY_BYTES = 256 * 1024 * 1024;
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** Opens with the right key only; its own name is none that a connection can have. */
const CHECK = 'check';

const base64 = z.base64();
const Sealed = z.object({ iv: base64, tag: base64, data: base64 });
type Sealed = z.infer<typeof Sealed>;
const Document = z.object({
  schemaVersion: z.literal(SCHEMA_VERSION),
  /** Limits keep a file that was tampered with from taking all memory. */
  scrypt: z.object({
    N: z
      .number()
      .int()
      .min(2 ** 14)
      .max(2 ** 17),
    r: z.literal(8),
    p: z.number().int().min(1).max(4),
    salt: base64,
  }),
  check: Sealed,
  entries: z.record(z.string(), Sealed),
});
type Document = z.infer<typeof Document>;

/** Asked for once at most; null where nobody can give one, or wants to. `isNew` means that it is being chosen. */
export type AskPassphrase = (isNew: boolean) => Promise<string | null>;

export class SealedFile implements SecretPlace {
  readonly kind = 'sealedFile';
  readonly file: string;
  readonly #folder: string;
  readonly #askPassphrase: AskPassphrase;
  #key: { readonly salt: string; readonly bytes: Buffer } | undefined;
  #passphrase: Promise<string | null> | undefined;
  #isRefused = false;

  constructor(dataDir: string, askPassphrase: AskPassphrase) {
    this.#folder = path.join(dataDir, 'vault');
    this.file = path.join(this.#folder, 'vault.json');
    this.#askPassphrase = askPassphrase;
  }

  /** Its passphrase is known, and right. */
  get isOpen(): boolean {
    return this.#key !== undefined;
  }

  /** @throws WrongPassphraseError, and why none came */
  async unlock(): Promise<void> {
    const { data } = await this.#load();
    if (data !== null) await this.#keyOf(data);
    else await this.#make();
  }

  /** It was asked for, and nobody gave one. */
  get isLocked(): boolean {
    return this.#isRefused;
  }

  async isThere(): Promise<boolean> {
    return await access(this.file).then(
      () => true,
      () => false,
    );
  }

  /** Whose secrets are inside is no secret: this needs no passphrase. */
  async has(id: string): Promise<boolean> {
    const { data } = await this.#load();
    return data !== null && Object.hasOwn(data.entries, id);
  }

  /** Null also where nobody gave the passphrase. @throws WrongPassphraseError, VaultDamagedError */
  async get(id: string): Promise<string | null> {
    const { data } = await this.#load();
    const entry = data?.entries[id];
    if (data === null || entry === undefined) return null;
    const key = await this.#keyOf(data);
    if (key === null) return null;
    const secret = unseal(key, id, entry);
    if (secret === null)
      throw new VaultDamagedError(`An entry of the vault “${this.file}” was changed by something else.`);
    return secret;
  }

  /** Whether it could be kept: not without a passphrase. */
  async set(id: string, secret: string): Promise<boolean> {
    const passphrase = await this.#askOnce();
    if (passphrase === null) return false;
    await asOnlyWriter(this.#folder, async () => {
      const db = await this.#load();
      const data = db.data ?? (await this.#fresh(passphrase));
      const key = await this.#keyOf(data);
      if (key === null) return;
      db.data = { ...data, entries: { ...data.entries, [id]: seal(key, id, secret) } };
      await db.write();
    });
    return true;
  }

  /** Needs no passphrase. */
  async delete(id: string): Promise<void> {
    if (!(await this.isThere())) return;
    await asOnlyWriter(this.#folder, async () => {
      const db = await this.#load();
      if (db.data === null || !Object.hasOwn(db.data.entries, id)) return;
      const { [id]: _gone, ...entries } = db.data.entries;
      db.data = { ...db.data, entries };
      await db.write();
    });
  }

  /** A passphrase that was given holds from now on, also before there is a secret. */
  async #make(): Promise<void> {
    const passphrase = await this.#askOnce();
    if (passphrase === null) return;
    await asOnlyWriter(this.#folder, async () => {
      const db = await this.#load();
      if (db.data !== null) return; // somebody else made it meanwhile; its passphrase is asked for when it is needed
      db.data = await this.#fresh(passphrase);
      await db.write();
    });
  }

  async #load(): Promise<Low<Document | null>> {
    const adapter = new DurableFile<Document | null>({
      file: this.file,
      schema: Document,
      schemaVersion: SCHEMA_VERSION,
      keepsBackup: false, // a secret that was deleted must not stay in the generation before
    });
    const db = new Low<Document | null>(adapter, null);
    await db.read();
    return db;
  }

  async #askOnce(): Promise<string | null> {
    this.#passphrase ??= this.isThere().then((isThere) => this.#askPassphrase(!isThere));
    const passphrase = await this.#passphrase;
    this.#isRefused = passphrase === null;
    return passphrase;
  }

  /** @throws WrongPassphraseError */
  async #keyOf({ scrypt: { salt, ...cost }, check }: Document): Promise<Buffer | null> {
    if (this.#key?.salt === salt) return this.#key.bytes;
    const passphrase = await this.#askOnce();
    if (passphrase === null) return null;
    const bytes = await derive(passphrase, salt, cost);
    if (unseal(bytes, CHECK, check) !== CHECK) throw new WrongPassphraseError(this.file);
    this.#key = { salt, bytes };
    return bytes;
  }

  async #fresh(passphrase: string): Promise<Document> {
    const salt = randomBytes(16).toString('base64');
    const bytes = await derive(passphrase, salt, COST);
    this.#key = { salt, bytes };
    return {
      schemaVersion: SCHEMA_VERSION,
      scrypt: { ...COST, salt },
      check: seal(bytes, CHECK, CHECK),
      entries: {},
    };
  }
}

const scryptAsync = promisify<string, Buffer, number, object, Buffer>(scrypt);

async function derive(passphrase: string, salt: string, cost: { N: number; r: number; p: number }): Promise<Buffer> {
  // The same passphrase typed on another system may be composed of other code points.
  const text = passphrase.normalize('NFC');
  return await scryptAsync(text, Buffer.from(salt, 'base64'), KEY_BYTES, { ...cost, maxmem: MOST_MEMORY_BYTES });
}

/** An entry opens under its own name only: swapped entries are found out. */
const nameBytes = (name: string): Buffer => Buffer.from(`guts-vault:${SCHEMA_VERSION}:${name}`);

function seal(key: Buffer, name: string, text: string): Sealed {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES }).setAAD(nameBytes(name));
  const data = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return { iv: iv.toString('base64'), tag: cipher.getAuthTag().toString('base64'), data: data.toString('base64') };
}

/** Null where key, name or bytes are not those that sealed it. */
function unseal(key: Buffer, name: string, { iv, tag, data }: Sealed): string | null {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64'), { authTagLength: TAG_BYTES })
      .setAAD(nameBytes(name))
      .setAuthTag(Buffer.from(tag, 'base64'));
    return Buffer.concat([decipher.update(Buffer.from(data, 'base64')), decipher.final()]).toString('utf8');
  } catch {
    return null;
  }
}

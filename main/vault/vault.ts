/** Secrets by the id of the connection that they open: in the key store, else in the sealed file, else nowhere on this machine. */
import { readFile } from 'node:fs/promises';
import type { KeptIn, VaultStatus } from '../shared/vault.ts';
import { PassphraseFileError, SealedVaultError, UnknownVaultError } from './errors.ts';
import { KeyStore, NoKeyStore } from './key-store.ts';
import { SealedFile, type AskPassphrase } from './sealed-file.ts';

export type { KeptIn } from '../shared/vault.ts';

export interface VaultOptions {
  readonly dataDir: string;
  /** Asks a person; null where nobody is there, or nothing shall be kept. */
  readonly askPassphrase: AskPassphrase;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Told each secret that goes in or comes out, and the passphrase: whoever writes logs must know what not to write. */
  readonly onSecret?: (secret: string) => void;
}

const CHOICES = ['auto', 'keystore', 'file', 'memory'] as const;
type Choice = (typeof CHOICES)[number];

export class Vault {
  readonly #choice: Choice;
  readonly #passphraseFile: string | null;
  readonly #sealed: SealedFile;
  readonly #onSecret: (secret: string) => void;
  readonly #memory = new Map<string, string>();
  #keyStore: Promise<KeyStore | NoKeyStore> | undefined;

  /** Nothing is opened before it is needed. `GUTS_VAULT` narrows the places: `keystore`, `file` or `memory`. */
  constructor({ dataDir, askPassphrase, env = process.env, onSecret = () => {} }: VaultOptions) {
    this.#choice = choiceOf(env['GUTS_VAULT']);
    const file = env['GUTS_VAULT_PASSPHRASE_FILE'] ?? '';
    this.#passphraseFile = file === '' ? null : file;
    this.#onSecret = onSecret;
    const ask: AskPassphrase = file === '' ? askPassphrase : () => passphraseIn(file);
    this.#sealed = new SealedFile(dataDir, async (isNew) => {
      const passphrase = await ask(isNew);
      if (passphrase !== null) onSecret(passphrase);
      return passphrase;
    });
  }

  /** Keeps a secret in the first place that can, and forgets what other places have under this id. */
  async set(id: string, secret: string): Promise<KeptIn> {
    this.#onSecret(secret);
    this.#memory.delete(id);
    const keyStore = await this.#openKeyStore();
    if (keyStore instanceof KeyStore) {
      await keyStore.set(id, secret);
      await this.#sealed.delete(id);
      return 'keyStore';
    }
    if (this.#mayUseFile() && (await this.#sealed.set(id, secret))) return 'sealedFile';
    this.#memory.set(id, secret);
    return 'memory';
  }

  /** A secret that is not kept here, or not yet: no log may have it from now on. */
  notice(secret: string): void {
    this.#onSecret(secret);
  }

  /** Keeps a secret for this process only; what other places have under this id stays there. */
  hold(id: string, secret: string): KeptIn {
    this.#onSecret(secret);
    this.#memory.set(id, secret);
    return 'memory';
  }

  /**
   * Null where none is kept.
   * @throws WrongPassphraseError, VaultDamagedError; SealedVaultError where it is kept and cannot be opened
   */
  async get(id: string): Promise<string | null> {
    const secret = await this.#find(id);
    if (secret !== null) this.#onSecret(secret);
    return secret;
  }

  async #find(id: string): Promise<string | null> {
    const held = this.#memory.get(id);
    if (held !== undefined) return held;
    if (this.#mayUseFile() && (await this.#sealed.has(id))) {
      const secret = await this.#sealed.get(id);
      if (secret === null) throw new SealedVaultError();
      return secret;
    }
    const keyStore = await this.#openKeyStore();
    return keyStore instanceof KeyStore ? await keyStore.get(id) : null;
  }

  /** Null where no place has one. Never asks for a passphrase. */
  async whereIs(id: string): Promise<KeptIn | null> {
    if (this.#memory.has(id)) return 'memory';
    if (this.#mayUseFile() && (await this.#sealed.has(id))) return 'sealedFile';
    const keyStore = await this.#openKeyStore();
    return keyStore instanceof KeyStore && (await keyStore.has(id)) ? 'keyStore' : null;
  }

  async delete(id: string): Promise<void> {
    this.#memory.delete(id);
    await this.#sealed.delete(id);
    const keyStore = await this.#openKeyStore();
    if (keyStore instanceof KeyStore) await keyStore.delete(id);
  }

  /**
   * Asks for the passphrase now where one will be needed, for who cannot be asked later: a daemon at its start.
   * @throws WrongPassphraseError, and why no passphrase came
   */
  async unlock(): Promise<void> {
    if ((await this.#openKeyStore()) instanceof KeyStore || !this.#mayUseFile()) return;
    await this.#sealed.unlock();
  }

  /** Secrets are kept in the sealed file, and nobody gave its passphrase when it was asked for. */
  async isLocked(): Promise<boolean> {
    return this.#mayUseFile() && this.#sealed.isLocked && (await this.#sealed.isThere());
  }

  /** Where a secret that is given now is kept, and why not in a better place. Never asks for a passphrase. */
  async status(): Promise<VaultStatus> {
    const keyStore = await this.#openKeyStore();
    if (keyStore instanceof KeyStore)
      return { keepsIn: 'keyStore', says: 'in the key store of this system', notUsed: [] };
    const noKeyStore = { place: 'keyStore', why: keyStore.why } as const;
    const source = this.#passphraseFile === null ? null : `its passphrase is in “${this.#passphraseFile}”`;
    const isSealed = this.#mayUseFile() && (source !== null || this.#sealed.isOpen || (await this.#sealed.isThere()));
    if (isSealed) {
      const open = this.#sealed.isOpen ? 'it is open' : 'its passphrase is asked for when it is needed';
      const how = source ?? (this.#sealed.isLocked ? 'it is LOCKED: nobody has given its passphrase' : open);
      return {
        keepsIn: 'sealedFile',
        says: `in the sealed file “${this.#sealed.file}”; ${how}`,
        notUsed: [noKeyStore],
      };
    }
    const noFile = {
      place: 'sealedFile',
      why: this.#mayUseFile() ? 'nobody has given a passphrase for it' : `GUTS_VAULT is “${this.#choice}”`,
    } as const;
    return {
      keepsIn: 'memory',
      says: 'NOWHERE but in this process: they are gone when it ends',
      notUsed: [noKeyStore, noFile],
    };
  }

  #mayUseFile(): boolean {
    return this.#choice === 'auto' || this.#choice === 'file';
  }

  async #openKeyStore(): Promise<KeyStore | NoKeyStore> {
    if (this.#choice === 'file' || this.#choice === 'memory') return new NoKeyStore(`GUTS_VAULT is “${this.#choice}”`);
    this.#keyStore ??= KeyStore.open();
    return await this.#keyStore;
  }
}

function choiceOf(text: string | undefined): Choice {
  if (text === undefined || text === '') return 'auto';
  const choice = CHOICES.find((choice) => choice === text);
  if (choice === undefined) throw new UnknownVaultError(`GUTS_VAULT says “${text}”, and Guts knows no such vault.`);
  return choice;
}

async function passphraseIn(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new PassphraseFileError(
      `The file that GUTS_VAULT_PASSPHRASE_FILE names, “${file}”, cannot be read (${cause.code ?? 'unknown reason'}).`,
      { cause },
    );
  });
  const passphrase = text.replace(/\r?\n$/, '');
  if (passphrase === '')
    throw new PassphraseFileError(`The file that GUTS_VAULT_PASSPHRASE_FILE names, “${file}”, is empty.`);
  return passphrase;
}

/** Secrets by the id of the connection that they open: in the key store, else in the sealed file, else nowhere on this machine. */
import { readFile } from 'node:fs/promises';
import { PassphraseFileError, SealedVaultError, UnknownVaultError } from './errors.ts';
import { KeyStore } from './key-store.ts';
import type { SecretPlace } from './place.ts';
import { SealedFile, type AskPassphrase } from './sealed-file.ts';

/** Where a secret is kept; `memory` is this process only. */
export type KeptIn = SecretPlace['kind'] | 'memory';

export interface VaultOptions {
  readonly dataDir: string;
  /** Asks a person; null where nobody is there, or nothing shall be kept. */
  readonly askPassphrase: AskPassphrase;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

const CHOICES = ['auto', 'keystore', 'file', 'memory'] as const;
type Choice = (typeof CHOICES)[number];

export class Vault {
  readonly #choice: Choice;
  readonly #sealed: SealedFile;
  readonly #memory = new Map<string, string>();
  #keyStore: Promise<KeyStore | null> | undefined;

  /** Nothing is opened before it is needed. `GUTS_VAULT` narrows the places: `keystore`, `file` or `memory`. */
  constructor({ dataDir, askPassphrase, env = process.env }: VaultOptions) {
    this.#choice = choiceOf(env['GUTS_VAULT']);
    const file = env['GUTS_VAULT_PASSPHRASE_FILE'];
    this.#sealed = new SealedFile(
      dataDir,
      file === undefined || file === '' ? askPassphrase : () => passphraseIn(file),
    );
  }

  /** Keeps a secret in the first place that can, and forgets what other places have under this id. */
  async set(id: string, secret: string): Promise<KeptIn> {
    this.#memory.delete(id);
    const keyStore = await this.#openKeyStore();
    if (keyStore !== null) {
      await keyStore.set(id, secret);
      await this.#sealed.delete(id);
      return 'keyStore';
    }
    if (this.#mayUseFile() && (await this.#sealed.set(id, secret))) return 'sealedFile';
    this.#memory.set(id, secret);
    return 'memory';
  }

  /** Keeps a secret for this process only; what other places have under this id stays there. */
  hold(id: string, secret: string): KeptIn {
    this.#memory.set(id, secret);
    return 'memory';
  }

  /**
   * Null where none is kept.
   * @throws WrongPassphraseError, VaultDamagedError; SealedVaultError where it is kept and cannot be opened
   */
  async get(id: string): Promise<string | null> {
    const held = this.#memory.get(id);
    if (held !== undefined) return held;
    if (this.#mayUseFile() && (await this.#sealed.has(id))) {
      const secret = await this.#sealed.get(id);
      if (secret === null) throw new SealedVaultError();
      return secret;
    }
    return (await (await this.#openKeyStore())?.get(id)) ?? null;
  }

  /** Null where no place has one. Never asks for a passphrase. */
  async whereIs(id: string): Promise<KeptIn | null> {
    if (this.#memory.has(id)) return 'memory';
    if (this.#mayUseFile() && (await this.#sealed.has(id))) return 'sealedFile';
    return (await (await this.#openKeyStore())?.has(id)) === true ? 'keyStore' : null;
  }

  async delete(id: string): Promise<void> {
    this.#memory.delete(id);
    await this.#sealed.delete(id);
    await (await this.#openKeyStore())?.delete(id);
  }

  #mayUseFile(): boolean {
    return this.#choice === 'auto' || this.#choice === 'file';
  }

  async #openKeyStore(): Promise<KeyStore | null> {
    if (this.#choice === 'file' || this.#choice === 'memory') return null;
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

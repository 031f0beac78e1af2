/** What can go wrong with kept secrets: none there, the wrong passphrase, a damaged file. */
import { GutsError } from '../shared/errors.ts';

export class NoSecretError extends GutsError {
  readonly code = 'vault.no-secret';
  readonly remedy =
    'Run the command on a terminal, where it can be asked for; or keep it: on a desktop in the key store, elsewhere in the sealed file, whose passphrase is read from the file that GUTS_VAULT_PASSPHRASE_FILE names.';

  constructor(name: string) {
    super(`The secret of “${name}” is not kept on this machine, and there is no terminal to ask on.`);
  }
}

export class WrongPassphraseError extends GutsError {
  readonly code = 'vault.wrong-passphrase';
  readonly remedy: string;

  constructor(file: string) {
    super('That is not the passphrase with which the vault was sealed.');
    this.remedy = `Give the right one. If nobody knows it any more, remove “${file}” and create the connections anew.`;
  }
}

/** The vault is sealed and nobody is there who could open it. */
export class SealedVaultError extends GutsError {
  readonly code = 'vault.sealed';
  readonly remedy = 'Run the command on a terminal, or name a file with the passphrase by GUTS_VAULT_PASSPHRASE_FILE.';

  constructor() {
    super('The vault is sealed, and there is no terminal to ask for its passphrase.');
  }
}

export class PassphraseFileError extends GutsError {
  readonly code = 'vault.passphrase-file';
  readonly remedy = 'Write the passphrase into that file, on one line, readable by you alone.';
}

/** An entry does not open with the right passphrase: the file was changed by something else than Guts. */
export class VaultDamagedError extends GutsError {
  readonly code = 'vault.damaged';
  readonly remedy = 'Delete the connection and create it anew; its secret is not in the vault any more.';
}

/** The key store worked when it was opened, and does not now. */
export class KeyStoreError extends GutsError {
  readonly code = 'vault.key-store';
  readonly remedy = 'Unlock the keyring and try again.';
  override readonly retryable = true;

  constructor(why: string, options?: ErrorOptions) {
    super(`The key store of this system did not do what it was asked: ${why}.`, options);
  }
}

export class PassphraseInputError extends GutsError {
  readonly code = 'vault.passphrase-stdin';
  readonly remedy =
    'Write the passphrase and the end of a line to its standard input, from a file or a pipe; on a terminal leave --passphrase-stdin out, and it is asked for without an echo.';
}

export class UnknownVaultError extends GutsError {
  readonly code = 'vault.unknown-choice';
  readonly remedy = 'Set GUTS_VAULT to keystore, file or memory, or leave it out.';
}

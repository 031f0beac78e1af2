/** Brings a connection and its secret together: only in memory, for the engine that is to sign in. */
import type { DestinationSignIn, SourceSignIn } from './shared/connections.ts';
import type { ConnectionStore } from './store/connections.ts';
import { NoSecretError } from './vault/errors.ts';
import type { Vault } from './vault/vault.ts';

export class SignIns {
  readonly #connections: ConnectionStore;
  readonly #vault: Vault;

  constructor(connections: ConnectionStore, vault: Vault) {
    this.#connections = connections;
    this.#vault = vault;
  }

  /** @throws UnknownConnectionError, NoSecretError and what the vault throws */
  async source(nameOrId: string): Promise<SourceSignIn> {
    const connection = await this.#connections.find('source', nameOrId);
    return { connection, secret: await this.#secretOf(connection) };
  }

  /** @throws UnknownConnectionError, NoSecretError and what the vault throws */
  async destination(nameOrId: string): Promise<DestinationSignIn> {
    const connection = await this.#connections.find('destination', nameOrId);
    return { connection, secret: await this.#secretOf(connection) };
  }

  async #secretOf({ id, name }: { readonly id: string; readonly name: string }): Promise<string> {
    const secret = await this.#vault.get(id);
    if (secret === null) throw new NoSecretError(name);
    return secret;
  }
}

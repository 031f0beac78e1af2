/** What the commands on connections and migrations share: Guts's own files, the vault, and the terminal. */
import type { Command } from 'commander';
import { dataDir } from '../data-dir.ts';
import type { DestinationSignIn, SourceSignIn } from '../shared/connections.ts';
import type { Job, JobResults } from '../shared/jobs.ts';
import { CloudFactsStore } from '../store/cloud-facts.ts';
import { ConnectionStore } from '../store/connections.ts';
import { InventoryStore } from '../store/inventory.ts';
import { NoSecretError } from '../vault/errors.ts';
import { Vault, type KeptIn } from '../vault/vault.ts';
import type { JobListener } from '../engine-client.ts';
import { askSecret, canAsk } from './prompt.ts';
import { perform, wantsJson } from './run.ts';
import { Terminal } from './terminal.ts';

export class Workplace {
  readonly dataDir = dataDir();
  readonly connections = new ConnectionStore(this.dataDir);
  readonly inventories = new InventoryStore(this.dataDir);
  readonly clouds = new CloudFactsStore(this.dataDir);
  readonly terminal: Terminal;
  readonly vault: Vault;
  /** What was typed in during this command, by the id of its connection: nobody is asked twice. */
  readonly #typed = new Map<string, string>();

  constructor(command: Command) {
    this.terminal = new Terminal(wantsJson(command));
    this.vault = new Vault({ dataDir: this.dataDir, askPassphrase });
  }

  async perform<J extends Job>(job: J, listener: JobListener<J> = {}): Promise<JobResults[J['kind']]> {
    return await perform(this.terminal, job, listener);
  }

  /** @throws UnknownConnectionError, NoSecretError and what the vault throws */
  async signInToSource(nameOrId: string): Promise<SourceSignIn> {
    const connection = await this.connections.find('source', nameOrId);
    const secret = await this.#secretOf(connection, `Password of ${connection.userName} at ${connection.url}: `);
    return { connection, secret };
  }

  /** @throws UnknownConnectionError, NoSecretError and what the vault throws */
  async signInToDestination(nameOrId: string): Promise<DestinationSignIn> {
    const connection = await this.connections.find('destination', nameOrId);
    const secret = await this.#secretOf(connection, `Secret of “${connection.name}” at ${connection.authUrl}: `);
    return { connection, secret };
  }

  /** Keeps a secret, and says it loudly where it cannot be kept. */
  async keepSecret(id: string, secret: string): Promise<KeptIn> {
    const keptIn = await this.vault.set(id, secret);
    if (keptIn === 'memory')
      this.terminal.note(
        'The secret was NOT kept: this machine has no key store that works, and the sealed file got no passphrase.\n' +
          'It will be asked for each time. To keep it, name a file with a passphrase by GUTS_VAULT_PASSPHRASE_FILE and create the connection again.',
      );
    return keptIn;
  }

  async #secretOf({ id, name }: { readonly id: string; readonly name: string }, question: string): Promise<string> {
    const kept = this.#typed.get(id) ?? (await this.vault.get(id));
    if (kept !== null) return kept;
    if (!canAsk()) throw new NoSecretError(name);
    const secret = await askSecret(question);
    this.#typed.set(id, secret);
    return secret;
  }
}

/** In words for people. */
export const placeText: Readonly<Record<KeptIn, string>> = {
  keyStore: 'in the key store of this system',
  sealedFile: 'in the sealed file of Guts',
  memory: 'only as long as this command runs',
};

async function askPassphrase(isNew: boolean): Promise<string | null> {
  if (!canAsk()) return null;
  if (!isNew) return await askSecret('Passphrase of the vault: ');
  process.stderr.write('There is no key store here: secrets go into a file that a passphrase seals.\n');
  for (;;) {
    const first = await askSecret('New passphrase (empty: keep no secrets): ');
    if (first === '') return null;
    if ((await askSecret('The same once more: ')) === first) return first;
    process.stderr.write('These were two different ones.\n');
  }
}

/** What the commands on connections and migrations share: whoever answers them, and the terminal. */
import type { Command } from 'commander';
import type { ApiClient, PagedName, RowOf } from '../shared/client/client.ts';
import type { InputOf, OperationName, OutputOf } from '../shared/operations.ts';
import { GutsError } from '../shared/errors.ts';
import { NameTakenError, type ConnectionKind } from '../store/connections.ts';
import { NoSecretError } from '../vault/errors.ts';
import type { KeptIn } from '../vault/vault.ts';
import { connect, type Connected } from './connect.ts';
import { onInterrupt } from './interrupts.ts';
import { askSecret, canAsk } from './prompt.ts';
import { wantsJson } from './run.ts';
import { Terminal } from './terminal.ts';

const ROWS_AT_ONCE = 5000;

export class Workplace implements AsyncDisposable {
  readonly terminal: Terminal;
  readonly #connected: Connected;
  readonly #stop = new AbortController();

  private constructor(terminal: Terminal, connected: Connected) {
    this.terminal = terminal;
    this.#connected = connected;
  }

  /** A server that was named, the daemon of this data folder, or a host in this process. */
  static async open(command: Command): Promise<Workplace> {
    const terminal = new Terminal(wantsJson(command));
    return new Workplace(terminal, await connect(command.optsWithGlobals(), terminal));
  }

  get client(): ApiClient {
    return this.#connected.client;
  }

  /** Whether the work is done by another process, which goes on without this one. */
  get isRemote(): boolean {
    return this.#connected.isRemote;
  }

  /** One operation. The first Ctrl-C gives it up in good order. */
  async call<K extends OperationName>(name: K, input: InputOf<K>): Promise<OutputOf<K>> {
    return await this.#unlessStopped((signal) => this.client.call(name, input, signal));
  }

  /** All rows of a list that comes in pages, in large ones. */
  async rows<K extends PagedName>(name: K, input: Omit<InputOf<K>, 'limit' | 'marker'>): Promise<RowOf<K>[]> {
    const rows: RowOf<K>[] = [];
    const whole = { ...input, limit: ROWS_AT_ONCE } as InputOf<K>; // those fields and the page's own
    await this.#unlessStopped(async (signal) => {
      for await (const row of this.client.all(name, whole, signal)) rows.push(row);
    });
    return rows;
  }

  /** Asks for the secret of a connection where none is kept; it is held as long as whoever answers runs. */
  async demandSecret(kind: ConnectionKind, nameOrId: string): Promise<void> {
    if (kind === 'source') {
      const { source, secret } = await this.call('sources.show', { source: nameOrId });
      if (secret !== null) return;
      const given = await asked(source.name, `Password of ${source.userName} at ${source.url}: `);
      await this.call('sources.secret', { source: source.id, secret: given, keep: false });
      return;
    }
    const { destination, secret } = await this.call('destinations.show', { destination: nameOrId });
    if (secret !== null) return;
    const given = await asked(destination.name, `Secret of “${destination.name}” at ${destination.authUrl}: `);
    await this.call('destinations.secret', { destination: destination.id, secret: given, keep: false });
  }

  /** Says it loudly where a secret could not be kept. */
  tellKept(keptIn: KeptIn): void {
    if (keptIn !== 'memory') return;
    this.terminal.note(
      'The secret was NOT kept: this machine has no key store that works, and the sealed file got no passphrase.\n' +
        'It is held only as long as whoever answers runs. To keep it, name a file with a passphrase by GUTS_VAULT_PASSPHRASE_FILE and create the connection again.',
    );
  }

  async #unlessStopped<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    using _heard = onInterrupt(() => this.#stop.abort(new GivenUpError(this.isRemote)));
    const answer = await work(this.#stop.signal);
    this.#stop.signal.throwIfAborted(); // it was done all the same, but nothing comes after it
    return answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connected[Symbol.asyncDispose]();
  }
}

/** Ctrl-C while an answer was waited for. */
class GivenUpError extends GutsError {
  readonly code = 'job.cancelled';
  readonly remedy: string;

  constructor(isRemote: boolean) {
    super('The command was given up.');
    this.remedy = isRemote
      ? 'The server may have done it all the same: look what is there before you ask again.'
      : 'Run it again when you want it.';
  }
}

/** @throws NameTakenError before anything is asked for */
export async function demandFree(workplace: Workplace, kind: ConnectionKind, name: string): Promise<void> {
  const known =
    kind === 'source'
      ? (await workplace.call('sources.list', {})).sources
      : (await workplace.call('destinations.list', {})).destinations;
  const taken = known.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (taken !== undefined) throw new NameTakenError(`There is a ${kind} “${taken.name}” already.`);
}

/** In words for people. */
export const placeText: Readonly<Record<KeptIn, string>> = {
  keyStore: 'in the key store of this system',
  sealedFile: 'in the sealed file of Guts',
  memory: 'only in memory, as long as whoever holds it runs',
};

async function asked(name: string, question: string): Promise<string> {
  if (!canAsk()) throw new NoSecretError(name);
  return await askSecret(question);
}

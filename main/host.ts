/** The composition root: builds the stores, the vault, the engines and the handlers once, for whichever shell runs them. */
import { EnginePool } from './engine-pool.ts';
import { EventHub } from './events.ts';
import { Foreground } from './foreground.ts';
import { destinationHandlers } from './operations/destinations.ts';
import type { Handlers, Parts } from './operations/handlers.ts';
import { lookingHandlers } from './operations/looking.ts';
import { migrationHandlers } from './operations/migrations.ts';
import { networkHandlers } from './operations/networks.ts';
import { reportHandlers } from './operations/reports.ts';
import { resourceHandlers } from './operations/resources.ts';
import { sourceHandlers } from './operations/sources.ts';
import { withoutDaemon } from './operations/without-daemon.ts';
import { SignIns } from './sign-ins.ts';
import { CloudFactsStore } from './store/cloud-facts.ts';
import { ConnectionStore } from './store/connections.ts';
import { InventoryStore } from './store/inventory.ts';
import { UncachedMigrations } from './store/uncached-migrations.ts';
import type { AskPassphrase } from './vault/sealed-file.ts';
import { Vault } from './vault/vault.ts';

export interface HostOptions {
  readonly dataDir: string;
  /** Asks a person for the vault's passphrase; null where nobody is there. */
  readonly askPassphrase: AskPassphrase;
  /** Gets what only a log on this machine should hold: stacks of failures. */
  readonly onDetail?: (detail: string) => void;
}

export class Host implements AsyncDisposable {
  readonly handlers: Handlers;
  readonly events: EventHub;
  readonly vault: Vault;
  readonly #closing: readonly AsyncDisposable[];

  private constructor(parts: Parts, handlers: Handlers, closing: readonly AsyncDisposable[]) {
    this.handlers = handlers;
    this.events = parts.events;
    this.vault = parts.vault;
    this.#closing = closing;
  }

  /** For one command: what is run is run at once, in this process. */
  static forCommand({ dataDir, askPassphrase, onDetail }: HostOptions): Host {
    const engines = new EnginePool(1, onDetail);
    const parts = partsOf({ dataDir, askPassphrase }, engines);
    const runner = new Foreground(parts);
    const handlers = { ...commonHandlers(parts), ...migrationHandlers(parts, runner), ...withoutDaemon };
    return new Host(parts, handlers, [runner, engines]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const one of this.#closing) await one[Symbol.asyncDispose]();
  }
}

function partsOf({ dataDir, askPassphrase }: HostOptions, engines: EnginePool): Parts {
  const connections = new ConnectionStore(dataDir);
  const vault = new Vault({ dataDir, askPassphrase });
  return {
    dataDir,
    connections,
    inventories: new InventoryStore(dataDir),
    clouds: new CloudFactsStore(dataDir),
    vault,
    signIns: new SignIns(connections, vault),
    engines,
    events: new EventHub(),
    migrations: new UncachedMigrations(engines, dataDir),
  };
}

const commonHandlers = (parts: Parts) => ({
  ...sourceHandlers(parts),
  ...destinationHandlers(parts),
  ...resourceHandlers(parts),
  ...networkHandlers(parts),
  ...lookingHandlers(parts),
  ...reportHandlers(parts),
});

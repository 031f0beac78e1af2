/** What answers the table of operations, and what each answer may use. */
import type { EnginePool } from '../engine-pool.ts';
import type { EventHub } from '../events.ts';
import type { Caller } from '../shared/access.ts';
import type { MigrationId, MigrationRecord } from '../shared/migration.ts';
import type { OperationName, OutputOf, ParsedOf } from '../shared/operations.ts';
import type { SignIns } from '../sign-ins.ts';
import type { State } from '../state.ts';
import type { CloudFactsStore } from '../store/cloud-facts.ts';
import type { ConnectionStore } from '../store/connections.ts';
import type { InventoryStore } from '../store/inventory.ts';
import type { Journals } from '../store/journals.ts';
import type { Vault } from '../vault/vault.ts';

export interface CallContext {
  readonly caller: Caller;
  /** Aborts when nobody waits for the answer any more; what changes something is finished all the same. */
  readonly signal: AbortSignal;
}

export type Handler<K extends OperationName> = (input: ParsedOf<K>, context: CallContext) => Promise<OutputOf<K>>;
export type Handlers = { readonly [K in OperationName]: Handler<K> };
/** The handlers of one file. */
export type Some<K extends OperationName> = Pick<Handlers, K>;

/** What the handlers share; built once by the host. */
export interface Parts {
  readonly dataDir: string;
  readonly state: State;
  readonly journals: Journals;
  readonly connections: ConnectionStore;
  readonly inventories: InventoryStore;
  readonly clouds: CloudFactsStore;
  readonly vault: Vault;
  readonly signIns: SignIns;
  readonly engines: EnginePool;
  readonly events: EventHub;
  readonly migrations: MigrationShelf;
}

/** All migrations of the data folder as they stand. */
export interface MigrationShelf {
  /** Newest first. */
  all(): Promise<readonly MigrationRecord[]>;
  /** @throws UnknownMigrationError */
  one(id: MigrationId): Promise<MigrationRecord>;
  /** Looks at the journal again where what is told may be older. */
  refresh(id: MigrationId): Promise<void>;
  /** It was deleted. */
  forget(id: MigrationId): Promise<void>;
}

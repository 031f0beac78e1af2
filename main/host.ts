/** The composition root: builds the stores, the vault, the engines and the handlers once, for whichever shell runs them. */
import { availableParallelism, hostname } from 'node:os';
import { EnginePool } from './engine-pool.ts';
import { EventHub } from './events.ts';
import { Fleet, type FleetOptions } from './fleet/daemon/fleet.ts';
import { Foreground } from './foreground.ts';
import { checkHandlers } from './operations/checks.ts';
import { assessmentHandlers } from './operations/assessments.ts';
import { cloudFileHandlers } from './operations/cloud-files.ts';
import { destinationHandlers } from './operations/destinations.ts';
import { doctorHandlers } from './operations/doctor.ts';
import type { Handlers, MigrationShelf, Parts } from './operations/handlers.ts';
import { openHandovers } from './operations/handovers.ts';
import { logHandlers } from './operations/logs.ts';
import { lookingHandlers } from './operations/looking.ts';
import { migrationHandlers } from './operations/migrations.ts';
import { networkHandlers } from './operations/networks.ts';
import { nodeHandlers } from './operations/nodes.ts';
import { planFileHandlers } from './operations/plan-files.ts';
import { planHandlers } from './operations/plans.ts';
import { rehearsalHandlers } from './operations/rehearsal.ts';
import { planTemplateHandlers } from './operations/plan-templates.ts';
import { reportHandlers } from './operations/reports.ts';
import { resourceHandlers } from './operations/resources.ts';
import { sessionHandlers } from './operations/session.ts';
import { settingsHandlers } from './operations/settings.ts';
import { sourceHandlers } from './operations/sources.ts';
import { noPlan, withoutDaemon } from './operations/without-daemon.ts';
import type { Metric } from './api/metrics.ts';
import { figuresOf } from './figures.ts';
import { Leading } from './leading.ts';
import { readinessOf } from './readiness.ts';
import { LocalNode, nodeIdOf } from './scheduler/local-node.ts';
import type { MigrationNode } from './scheduler/node.ts';
import { openScheduler } from './scheduler/open.ts';
import { SharedRates } from './scheduler/shared-rates.ts';
import { PlanFile } from './scheduler/plan-file.ts';
import type { MigrationId } from './shared/migration.ts';
import { firstOpenElsewhere } from './shared/plans.ts';
import type { NodeId, PlanId } from './shared/schedule.ts';
import { UnknownMigrationError } from './shared/unknown-migration.ts';
import { SignIns } from './sign-ins.ts';
import { stateIn, type State } from './state.ts';
import { CloudFactsStore } from './store/cloud-facts.ts';
import { ConnectionStore } from './store/connections.ts';
import { InventoryStore } from './store/inventory.ts';
import { MigrationIndex } from './store/migrations.ts';
import { UncachedMigrations } from './store/uncached-migrations.ts';
import type { AskPassphrase } from './vault/sealed-file.ts';
import { Vault } from './vault/vault.ts';

export interface HostOptions {
  readonly dataDir: string;
  /** Where the rest is kept; in the data folder without it. */
  readonly state?: State;
  /** Asks a person for the vault's passphrase; null where nobody is there. */
  readonly askPassphrase: AskPassphrase;
  /** What the vault is told by the environment; that of the process where it is not said. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Gets what only a log on this machine should hold: stacks of failures. */
  readonly onDetail?: (detail: string) => void;
  /** Is told each secret before anything can be said about it. */
  readonly onSecret?: (secret: string) => void;
  /** Of a shell that keeps secrets of its own there, too; without it one is opened. */
  readonly vault?: Vault;
}

export interface DaemonHostOptions extends HostOptions {
  /** What it is called among nodes; the machine's host name without it. */
  readonly node?: NodeId;
  /** Where migrations run; on this machine where that is not said. */
  readonly nodes?: readonly MigrationNode[];
  readonly onDetail: (detail: string) => void;
  /** Workers elsewhere, by a broker; none without it. */
  readonly fleet?: FleetOptions;
  /** This machine runs nothing itself. */
  readonly onlyWorkers?: boolean;
  /** Takes every secret that `onSecret` was told out of a text; without it, texts stay as they are. */
  readonly redact?: (text: string) => string;
}

export interface DaemonHost extends Host {
  /** Goes on with what was interrupted, and with the queue. */
  begin(): Promise<void>;
  /** Starts nothing any more, and lets what runs come to a halt where it can go on later. @returns what still runs then */
  park(deadlineMs: number): Promise<readonly MigrationId[]>;
  /** For whoever watches the daemon. */
  figures(): Promise<readonly Metric[]>;
  /** What keeps it from working; empty where nothing does. */
  readiness(): Promise<readonly string[]>;
}

/** Of a daemon: one thread for every two cores keeps both busy with some migrations each. */
const MOST_ENGINES = 4;
/** Whoever signs in later answers these. */
type AccessNames = 'tokens.list' | 'tokens.create' | 'tokens.delete' | 'audit.list';
type OwnHandlers = Omit<Handlers, AccessNames>;

export class Host<H extends OwnHandlers = OwnHandlers> implements AsyncDisposable {
  readonly handlers: H;
  readonly events: EventHub;
  readonly connections: ConnectionStore;
  readonly vault: Vault;
  readonly #closing: readonly AsyncDisposable[];

  private constructor(parts: Parts, handlers: H, closing: readonly AsyncDisposable[]) {
    this.handlers = handlers;
    this.events = parts.events;
    this.connections = parts.connections;
    this.vault = parts.vault;
    this.#closing = closing;
  }

  /** For one command: what is run is run at once, in this process. */
  static forCommand(options: HostOptions): Host<Handlers> {
    const { dataDir, onDetail } = options;
    const engines = new EnginePool(1, onDetail);
    const parts = {
      ...partsOf(options, engines),
      migrations: new UncachedMigrations(engines, dataDir),
    };
    const runner = new Foreground(parts);
    const handlers = {
      ...commonHandlers(parts),
      ...migrationHandlers(parts, runner, noPlan),
      ...reportHandlers(parts, runner, { find: noPlan, plans: [] }),
      ...assessmentHandlers(parts),
      ...withoutDaemon,
    };
    return new Host(parts, handlers, [runner, engines]);
  }

  /** For a daemon that has the data folder to itself: what is run waits for its turn. Nothing runs before `begin`. */
  static async forDaemon(options: DaemonHostOptions): Promise<DaemonHost> {
    const { dataDir, node = nodeIdOf(hostname()), nodes, onDetail } = options;
    const rates = new SharedRates();
    const most = Math.min(MOST_ENGINES, Math.ceil(availableParallelism() / 2));
    const engines = new EnginePool(most, onDetail, rates.table);
    const opened: AsyncDisposable[] = [engines];
    try {
      const stop = new AbortController();
      const index = await MigrationIndex.open(engines, dataDir, stop.signal);
      opened.unshift(index);
      const parts = { ...partsOf(options, engines), migrations: shelfOf(index) };
      await parts.vault.unlock(); // nobody can be asked later
      const fleet = options.fleet === undefined ? null : await Fleet.open(options.fleet, { ...parts, ownNode: node });
      if (fleet !== null) opened.unshift(fleet);
      const here = nodes ?? [new LocalNode(parts, node, options.onlyWorkers === true)];
      let lookAgain = (): void => {};
      const plans = await PlanFile.open(parts.state.documents, (id) => {
        parts.events.tell({ kind: 'plan', id });
        lookAgain(); // something may have waited for its waves
      });
      const scheduler = await openScheduler(parts, {
        index,
        rates,
        onDetail,
        nodes: () => [...here, ...(fleet?.nodes ?? [])],
        elsewhereOf: (id) => elsewhereIn(plans, id),
      });
      lookAgain = () => scheduler.look();
      const { leadership } = parts.state;
      followConnections(parts);
      const handovers = await openHandovers(parts, { scheduler, plans, leads: () => leading, onDetail });
      const leading =
        leadership === undefined
          ? null
          : new Leading({ leadership, scheduler, index, fleet, node, handovers: handovers.driver, onDetail });
      const handlers = {
        ...commonHandlers(parts),
        ...migrationHandlers(parts, scheduler, (plan) => plans.find(plan).id),
        ...reportHandlers(parts, scheduler, plans),
        ...assessmentHandlers(parts),
        ...settingsHandlers(scheduler),
        ...planHandlers(parts, scheduler, plans),
        ...rehearsalHandlers(parts, scheduler, plans),
        ...planTemplateHandlers(plans),
        ...handovers.handlers,
        ...nodeHandlers(scheduler, fleet),
        ...logHandlers(parts, options.redact ?? ((text) => text)),
      };
      let parked: Promise<readonly MigrationId[]> | undefined;
      const park = async (deadlineMs: number): Promise<readonly MigrationId[]> => {
        leading?.[Symbol.dispose]();
        await handovers.driver[Symbol.asyncDispose]();
        const left = await scheduler.stop(deadlineMs);
        await leadership?.end();
        stop.abort();
        if (left.length > 0) await engines.abandon(); // to end them in good order would undo what they are at
        return left;
      };
      const parking = (deadlineMs: number): Promise<readonly MigrationId[]> => (parked ??= park(deadlineMs));
      opened.unshift({ [Symbol.asyncDispose]: async () => void (await parking(0)) });
      return Object.assign(new Host(parts, handlers, opened), {
        begin: async () => {
          await fleet?.begin(scheduler, index);
          if (leading !== null) {
            await leading.begin();
            return;
          }
          await fleet?.answer();
          scheduler.start();
          handovers.driver.begin();
        },
        park: parking,
        figures: async () => await figuresOf(index, scheduler),
        readiness: readinessOf({
          dataDir,
          vault: parts.vault,
          nodes: async () => await scheduler.nodes(),
          isStateAway: () => parts.state.trouble?.() !== undefined,
        }),
      });
    } catch (error) {
      for (const one of opened) await one[Symbol.asyncDispose]();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const one of this.#closing) await one[Symbol.asyncDispose]();
  }
}

/** What all handlers work with, in a data folder or another state; the caller adds the migrations and closes the engines. */
export function partsOf(options: HostOptions, engines: EnginePool): Omit<Parts, 'migrations'> {
  const { dataDir, state = stateIn(dataDir) } = options;
  const connections = new ConnectionStore(state.documents);
  const vault = options.vault ?? new Vault(options);
  return {
    dataDir,
    state,
    journals: state.journals(engines),
    connections,
    inventories: new InventoryStore(dataDir),
    clouds: new CloudFactsStore(dataDir),
    vault,
    signIns: new SignIns(connections, vault),
    engines,
    events: new EventHub(),
  };
}

/** Another server has changed connections: whoever listens looks at them anew. */
function followConnections({ connections, events }: Pick<Parts, 'connections' | 'events'>): void {
  connections.follow((changed) => {
    for (const { side, id } of changed) events.tell({ kind: 'connection', side, id });
  });
}

/** The first wave of a plan that is at another Guts, and not over there. */
function elsewhereIn({ plans }: PlanFile, plan: PlanId): { readonly wave: number; readonly at: string } | null {
  const known = plans.find(({ id }) => id === plan);
  const first = known === undefined ? null : firstOpenElsewhere(known);
  return first === null ? null : { wave: first.wave, at: first.to.name };
}

/** The index as handlers ask it. */
export function shelfOf(index: MigrationIndex): MigrationShelf {
  return {
    all: async () => await Promise.resolve(index.all()),
    one: async (id) => {
      const record = index.find(id);
      if (record === null) throw new UnknownMigrationError(id);
      return await Promise.resolve(record);
    },
    refresh: async (id) => void (await index.refresh(id)),
    forget: async (id) => await Promise.resolve(index.forget(id)),
  };
}

const commonHandlers = (parts: Parts) => ({
  ...sourceHandlers(parts),
  ...destinationHandlers(parts),
  ...doctorHandlers(parts),
  ...planFileHandlers(parts),
  ...cloudFileHandlers(parts),
  ...resourceHandlers(parts),
  ...networkHandlers(parts),
  ...lookingHandlers(parts),
  ...checkHandlers(parts),
  ...sessionHandlers(parts),
});

/** A scheduler as a daemon has it, with real engines, between a small vCenter and a small cloud. */
import { rm } from 'node:fs/promises';
import { planFileHandlers } from '../../main/operations/plan-files.ts';
import { planHandlers } from '../../main/operations/plans.ts';
import { rehearsalHandlers } from '../../main/operations/rehearsal.ts';
import { checkHandlers } from '../../main/operations/checks.ts';
import { migrationHandlers } from '../../main/operations/migrations.ts';
import { refreshInventory } from '../../main/operations/inventory.ts';
import { destinationHandlers } from '../../main/operations/destinations.ts';
import { nodeHandlers } from '../../main/operations/nodes.ts';
import { settingsHandlers } from '../../main/operations/settings.ts';
import { sourceHandlers } from '../../main/operations/sources.ts';
import type { Handlers, Parts } from '../../main/operations/handlers.ts';
import { EnginePool } from '../../main/engine-pool.ts';
import { EventHub } from '../../main/events.ts';
import { QueueLine } from '../../main/scheduler/entries.ts';
import { LocalNode } from '../../main/scheduler/local-node.ts';
import { openScheduler } from '../../main/scheduler/open.ts';
import { PlanFile } from '../../main/scheduler/plan-file.ts';
import type { Scheduler } from '../../main/scheduler/scheduler.ts';
import { SharedRates } from '../../main/scheduler/shared-rates.ts';
import { usualPace, type Pace } from '../../main/scheduler/slow-down.ts';
import { SignIns } from '../../main/sign-ins.ts';
import { stateIn } from '../../main/state.ts';
import { HandoverId } from '../../main/shared/given.ts';
import type { MigrationId } from '../../main/shared/migration.ts';
import type { ScheduledMigration } from '../../main/shared/schedule.ts';
import type { InputOf, OperationName, OutputOf, ParsedOf } from '../../main/shared/operations.ts';
import { operations } from '../../main/shared/operations.ts';
import { readAppendLog } from '../../main/store/append-log.ts';
import { CloudFactsStore } from '../../main/store/cloud-facts.ts';
import { ConnectionStore } from '../../main/store/connections.ts';
import { InventoryStore } from '../../main/store/inventory.ts';
import { MigrationIndex } from '../../main/store/migrations.ts';
import { UnknownMigrationError } from '../../main/shared/unknown-migration.ts';
import { Vault } from '../../main/vault/vault.ts';
import { seededContent } from '../lab/content.ts';
import type { FaultBook } from '../lab/faults.ts';
import { signInAs } from '../lab/openstack/sign-in.ts';
import { startOpenstack, type OpenstackLab } from '../lab/openstack/start.ts';
import { startVcenter, type Vcenter } from '../lab/vcenter/vcenter.ts';
import { MiB, scratch } from '../support/disks.ts';
import { until } from '../support/until.ts';
import { signInTo } from '../support/vsphere-source.ts';

type Answered = OperationName &
  (
    | `sources.${string}`
    | `destinations.${string}`
    | `migrations.${string}`
    | `plans.${string}`
    | `settings.${string}`
    | 'nodes.list'
    | 'services.list'
    | `checks.${string}`
    | 'rules.list'
  );
const context = {
  caller: { name: 'owner', role: 'admin', project: null },
  signal: new AbortController().signal,
} as const;

export interface RealOptions {
  /** Of each machine's disk; 3 without it. */
  readonly diskMiB?: number;
  /** Of the back-off. */
  readonly pace?: Pace;
}

export class RealWorld implements AsyncDisposable {
  readonly vcenter: Vcenter;
  readonly cloud: OpenstackLab;
  readonly scheduler: Scheduler;
  readonly dataDir: string;
  /** Of everything that failed in its engines. */
  readonly details: readonly string[];
  readonly #handlers: Pick<Handlers, Answered>;
  readonly #index: MigrationIndex;
  readonly #vault: Vault;
  readonly #journals: Parts['journals'];
  readonly #closing: readonly (() => unknown)[];

  /** @param machines how many there are, each with one small disk, called `vm-0`, `vm-1` …; `lab` and `cloud` are connected */
  static async make(machines: number, { diskMiB = 3, pace = usualPace }: RealOptions = {}): Promise<RealWorld> {
    const sizeBytes = diskMiB * MiB;
    const folder = scratch();
    const vcenter = await startVcenter({
      machines: Array.from({ length: machines }, (_, i) => ({
        name: `vm-${i}`,
        power: 'off',
        disks: [{ sizeBytes, isThin: true, content: seededContent(`disk of vm-${i}`, sizeBytes, i + 1) }],
        nics: [{ network: 'VM Network' }],
      })),
      withOthers: false,
    });
    const cloud = await startOpenstack({ buildMs: 20 });
    const dataDir = folder.file('data');
    const connections = new ConnectionStore(dataDir);
    const vault = new Vault({ dataDir, askPassphrase: () => Promise.resolve(null), env: { GUTS_VAULT: 'memory' } });
    for (const [kind, { connection, secret }] of [
      ['source', signInTo(vcenter)],
      ['destination', signInAs(cloud)],
    ] as const) {
      await connections.put(kind, { ...connection, name: kind === 'source' ? 'lab' : 'cloud' } as never); // of that kind
      await vault.set(connection.id, secret);
    }
    const rates = new SharedRates();
    const details: string[] = [];
    const engines = new EnginePool(2, (detail) => details.push(detail), rates.table);
    const stop = new AbortController();
    const index = await MigrationIndex.open(engines, dataDir, stop.signal);
    const state = stateIn(dataDir);
    const parts: Parts = {
      dataDir,
      state,
      journals: state.journals(engines),
      connections,
      vault,
      engines,
      inventories: new InventoryStore(dataDir),
      clouds: new CloudFactsStore(dataDir),
      signIns: new SignIns(connections, vault),
      events: new EventHub(),
      migrations: shelfOf(index),
    };
    await refreshInventory(parts, 'lab', context.signal);
    const here = [new LocalNode(parts, 'here')];
    const scheduler = await openScheduler(parts, { index, rates, nodes: () => here, onDetail: () => {}, pace });
    const plans = await PlanFile.open(dataDir);
    const handlers = {
      ...migrationHandlers(parts, scheduler, (plan) => plans.find(plan).id),
      ...checkHandlers(parts),
      ...planHandlers(parts, scheduler, plans),
      ...rehearsalHandlers(parts, scheduler, plans),
      ...planFileHandlers(parts),
      ...settingsHandlers(scheduler),
      ...nodeHandlers(scheduler, null),
      ...sourceHandlers(parts),
      ...destinationHandlers(parts),
    };
    scheduler.start();
    const { journals } = parts;
    return new RealWorld({ vcenter, cloud, scheduler, dataDir, details, handlers, index, vault, journals }, [
      () => scheduler.stop(60_000),
      () => stop.abort(),
      () => index[Symbol.asyncDispose](),
      () => engines[Symbol.asyncDispose](),
      () => vcenter[Symbol.asyncDispose](),
      () => cloud[Symbol.asyncDispose](),
      () => folder[Symbol.dispose](),
    ]);
  }

  private constructor(
    parts: Pick<RealWorld, 'vcenter' | 'cloud' | 'scheduler' | 'dataDir' | 'details'> & {
      readonly handlers: Pick<Handlers, Answered>;
      readonly index: MigrationIndex;
      readonly vault: Vault;
      readonly journals: Parts['journals'];
    },
    closing: readonly (() => unknown)[],
  ) {
    this.vcenter = parts.vcenter;
    this.cloud = parts.cloud;
    this.scheduler = parts.scheduler;
    this.dataDir = parts.dataDir;
    this.details = parts.details;
    this.#handlers = parts.handlers;
    this.#index = parts.index;
    this.#vault = parts.vault;
    this.#journals = parts.journals;
    this.#closing = closing;
  }

  /** As over REST, but for the wire. */
  async ask<K extends Answered>(name: K, input: InputOf<K>): Promise<OutputOf<K>> {
    const handle = this.#handlers[name] as (input: ParsedOf<K>, asked: typeof context) => Promise<OutputOf<K>>; // of that name
    const answer = await handle(operations[name].input.parse(input) as ParsedOf<K>, context);
    return operations[name].output.parse(answer) as OutputOf<K>;
  }

  /** Returns how it stands when it is so. */
  async whenIt(id: MigrationId, isSo: (one: ScheduledMigration) => boolean): Promise<ScheduledMigration> {
    return await until(() => this.ask('migrations.show', { id }), isSo);
  }

  /** Returns when one of its rules has met a request. */
  async hasMet(faults: FaultBook): Promise<void> {
    await until(
      async () => await Promise.resolve(faults.rules),
      (rules) => rules.some(({ met }) => met > 0),
    );
  }

  /** Nobody can sign in any more. */
  async forgetSecrets(): Promise<void> {
    for (const { id } of (await this.ask('sources.list', {})).sources) await this.#vault.delete(id);
    for (const { id } of (await this.ask('destinations.list', {})).destinations) await this.#vault.delete(id);
  }

  /** As if its process had been killed before it was written down. */
  async neverWritten(id: MigrationId): Promise<void> {
    await rm(`${this.dataDir}/migrations/${id}.jsonl`);
    await this.#index.refresh(id);
  }

  /** As if a hand-over had given it to another Guts. */
  async given(id: MigrationId, name: string): Promise<void> {
    const handover = HandoverId.parse('hnd_000000000001');
    await this.#journals.give(id, { handover, to: { name, url: null }, at: new Date().toISOString() });
    await this.#index.refresh(id);
  }

  async journal(): Promise<QueueLine[]> {
    const file = `${this.dataDir}/queue.jsonl`;
    return await readAppendLog({ file, name: 'queue', schema: QueueLine, schemaVersion: 1 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const close of this.#closing) await close();
  }
}

const shelfOf = (index: MigrationIndex): Parts['migrations'] => ({
  all: async () => await Promise.resolve(index.all()),
  one: async (id) => {
    const record = index.find(id) ?? (await index.refresh(id));
    if (record === null) throw new UnknownMigrationError(id);
    return record;
  },
  refresh: async (id) => void (await index.refresh(id)),
  forget: async (id) => await Promise.resolve(index.forget(id)),
});

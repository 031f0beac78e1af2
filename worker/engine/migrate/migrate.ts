/** Runs one migration from wherever its journal stands to its end; what cannot be finished is undone, or named. */
import { setTimeout as pause } from 'node:timers/promises';
import { firstOf, GutsError, toErrorInfo } from '../../../main/shared/errors.ts';
import type { InventoryVm } from '../../../main/shared/inventory.ts';
import {
  tagOf,
  type LedgerItem,
  type MigrationRecord,
  type MovedDisk,
  type PlannedDisk,
} from '../../../main/shared/migration.ts';
import type { MigrateJob, PlanResult } from '../../../main/shared/move-jobs.ts';
import { mayStart } from '../../../main/shared/preflight.ts';
import { isOver, next, type Stage, type StageEvent } from '../../../main/shared/stages.ts';
import type { DestinationDriver, ProvisionedServer, ReadableDisk, SourceDriver } from '../../drivers.ts';
import { PreflightBlockedError } from '../../preflight/check.ts';
import type { JobContext } from '../job-context.ts';
import { copyDisk } from './copy-disk.ts';
import { withEntry, type MoveEntry, type MoveState } from './journal.ts';
import { JournaledLedger } from './ledger.ts';
import { now, type Shelf, type TakenMigration } from './shelf.ts';
import { undoAll } from './undo.ts';

/** Both sides, signed in. Disposing it signs out. */
export interface Sides extends AsyncDisposable {
  readonly source: SourceDriver;
  readonly destination: DestinationDriver;
}

export interface MigrateTools {
  readonly shelf: Shelf;
  readonly open: (signal: AbortSignal) => Promise<Sides>;
  readonly plan: (
    request: MigrateJob['request'],
    sides: Sides,
    signal: AbortSignal,
  ) => Promise<PlanResult & { readonly vm: InventoryVm }>;
}

/** How often a disk is sent before the migration fails. */
const TRIES = 3;
const FIRST_PAUSE_MS = 1000;
const UNDO_TIMEOUT_MS = 15 * 60_000;
/** Disks of one machine that are copied side by side. */
const DISKS_AT_ONCE = 2;

/** @returns the record at its end: done, or cancelled. @throws GutsError after what was made is undone or named */
export async function migrate(
  job: Pick<MigrateJob, 'request' | 'lanes'>,
  tools: MigrateTools,
  context: JobContext,
): Promise<MigrationRecord> {
  const { shelf } = tools;
  await shelf.put(job.request);
  await using taken = await shelf.take(job.request.id);
  const cancel = new AbortController();
  using _wish = shelf.onCancel(job.request.id, () => cancel.abort(new CancelWish()));
  const signal = AbortSignal.any([context.signal, cancel.signal]);
  await using run = new Run(taken, tools, { ...context, signal }, job.lanes);
  return await run.toTheEnd();
}

/** Somebody asked for it: that is no failure. */
class CancelWish extends Error {
  override readonly message = 'The migration was cancelled.';
}

class Run implements AsyncDisposable {
  readonly #taken: TakenMigration;
  readonly #tools: MigrateTools;
  readonly #context: JobContext;
  readonly #lanes: number;
  readonly #ledger: JournaledLedger;
  readonly #beganMs = performance.now();
  #state: MoveState;
  #sides: Sides | undefined;
  #server: ProvisionedServer | undefined;

  constructor(taken: TakenMigration, tools: MigrateTools, context: JobContext, lanes: number) {
    this.#taken = taken;
    this.#tools = tools;
    this.#context = context;
    this.#lanes = lanes;
    this.#state = taken.state;
    this.#ledger = new JournaledLedger(tagOf(taken.state.record.request.id), taken.journal, taken.state.record.ledger);
  }

  async toTheEnd(): Promise<MigrationRecord> {
    const { signal } = this.#context;
    try {
      await this.#takeUp();
      for (let stage = this.#stage; !isOver(stage); stage = this.#stage) {
        signal.throwIfAborted();
        await this.#through(stage);
      }
    } catch (error) {
      if (signal.aborted) await this.#cancel();
      else await this.#fail(error);
      if (!(signal.reason instanceof CancelWish)) throw error;
    }
    return this.#record();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sides?.[Symbol.asyncDispose]();
  }

  get #stage(): Stage {
    return this.#state.record.stage;
  }

  /** Where an interrupted or failed run is taken up again. */
  async #takeUp(): Promise<void> {
    switch (this.#stage) {
      case 'failed':
        await this.#reach('retry');
        return;
      case 'preparing':
      case 'copying':
        await this.#reach('hold');
        await this.#reach('resume');
        return;
      case 'paused':
      case 'waiting':
        await this.#reach('resume');
        return;
      case 'provisioning':
      case 'booting':
      case 'verifying':
        if (await this.#mustCopyAgain()) {
          await this.#reach('hold');
          await this.#reach('resume');
        } else this.#context.tellStage(this.#stage);
        return;
      case 'cleaning':
        await this.#clean();
        return;
      default: // every other stage can be entered again as it is
        this.#context.tellStage(this.#stage);
    }
  }

  /** Whether what was copied is of no use any more: some of it is gone, or the machine has run again since. */
  async #mustCopyAgain(): Promise<boolean> {
    if (this.#missing().length > 0) return true;
    const { vm, options } = this.#state.record.request;
    if (options.whileRunning === 'snapshot') return false;
    const { source } = await this.#open();
    try {
      return (await source.describe(vm.ref, this.#context.signal)).power === 'on';
    } catch (error) {
      if (error instanceof GutsError && error.code === 'source.vm-missing') return false; // the copy is all there is
      throw error;
    }
  }

  async #through(stage: Stage): Promise<void> {
    switch (stage) {
      case 'planned':
        await this.#reach('start');
        return;
      case 'preflight':
        await this.#preflight();
        await this.#reach('passed');
        return;
      case 'queued':
        await this.#reach('admitted');
        return;
      case 'preparing':
        await this.#prepare();
        await this.#reach('ready');
        return;
      case 'copying':
        await this.#copy();
        await this.#reach('switched');
        return;
      case 'provisioning':
        await this.#provision();
        await this.#reach('provisioned');
        return;
      case 'booting':
        await this.#boot();
        await this.#reach('booted');
        return;
      case 'verifying':
        await this.#finish();
        await this.#reach('verified');
        return;
      default:
        throw new Error(`a cold migration is never at “${stage}”`);
    }
  }

  async #preflight(): Promise<void> {
    const { signal } = this.#context;
    const sides = await this.#open();
    if (this.#ledger.items.length > 0) await this.#undo(signal); // what an earlier, failed run could not
    const { vm, plan, findings } = await this.#tools.plan(this.#state.record.request, sides, signal);
    const about = { source: sides.source.about, destination: sides.destination.about };
    await this.#write({ what: 'planned', vm, plan, findings, about });
    if (plan === null || !mayStart(findings)) throw new PreflightBlockedError(findings);
    const { accept } = this.#state.record.request.options;
    const refused = findings.filter(
      ({ id, severity }) => severity === 'warns' && accept !== 'all' && !accept.includes(id),
    );
    if (refused.length > 0) throw new PreflightBlockedError(refused.map((one) => ({ ...one, severity: 'blocks' })));
  }

  /** Brings the machine to a state in which its disks stand still; copies that it outlived are dropped. */
  async #prepare(): Promise<void> {
    const { signal } = this.#context;
    const { source } = await this.#open();
    const { options } = this.#state.record.request;
    const vm = await source.describe(this.#state.record.request.vm.ref, signal);
    await this.#undoKinds('lease');
    if (options.whileRunning === 'snapshot') return;
    if (vm.power !== 'on') {
      const wasOn = this.#ledger.items.some(({ kind }) => kind === 'power');
      if (wasOn && this.#state.stoppedAt === null) await this.#write({ what: 'stopped', at: now() });
      return;
    }
    await this.#undoKinds('server', 'volume', 'image');
    await this.#write({ what: 'dropped', keys: this.#state.record.disks.map(({ key }) => key) });
    await source.shutDown(vm, options, this.#ledger, signal);
    await this.#write({ what: 'stopped', at: now() });
  }

  async #copy(): Promise<void> {
    const missing = this.#missing();
    if (missing.length > 0) await this.#copyDisks(missing);
    await this.#undoKinds('lease', 'snapshot'); // of a run that was killed when all was copied
  }

  /** The disks of which the cloud has no whole copy. */
  #missing(): PlannedDisk[] {
    const { disks } = this.#state.record;
    const isThere = (key: string): boolean =>
      disks.some((disk) => disk.key === key) &&
      this.#ledger.items.some((item) => item.key === imageKey(key) || item.key === `volume:${key}`);
    return this.#plan().disks.filter(({ key }) => !isThere(key));
  }

  async #copyDisks(missing: readonly PlannedDisk[]): Promise<void> {
    const { signal } = this.#context;
    const { source } = await this.#open();
    const found = await source.describe(this.#state.record.request.vm.ref, signal);
    // What the guest's tools told while it ran is still a good guess of what its disks hold.
    const disks = found.guest.disks.length > 0 ? found.guest.disks : (this.#state.vm?.guest.disks ?? []);
    const vm = { ...found, guest: { ...found.guest, disks } };
    await using open = await source.openDisks(vm, missing, this.#ledger, signal);
    const failure = new AbortController();
    const stop = AbortSignal.any([signal, failure.signal]);
    const left = [...open.disks];
    const copyNext = async (): Promise<void> => {
      for (let disk = left.shift(); disk !== undefined && !stop.aborted; disk = left.shift()) {
        await this.#copyOne(disk, stop).catch((error: unknown) => failure.abort(error));
      }
    };
    await Promise.all(Array.from({ length: DISKS_AT_ONCE }, copyNext));
    stop.throwIfAborted();
    await open.complete(signal);
  }

  async #copyOne(disk: ReadableDisk, signal: AbortSignal): Promise<void> {
    const { destination } = await this.#open();
    const plan = this.#plan();
    const diskIndex = plan.disks.findIndex(({ key }) => key === disk.key);
    const planned = plan.disks[diskIndex];
    if (planned === undefined) throw new Error(`disk ${disk.key} is not in the plan`);
    const { id } = this.#state.record.request;
    const spec = {
      key: imageKey(planned.key),
      name: `${tagOf(id)}-disk-${planned.key}`,
      format: planned.imageFormat.value,
      minDiskGiB: planned.sizeGiB,
      properties: plan.imageProperties,
    };
    for (let tried = 1; ; tried++) {
      try {
        await using upload = await destination.openImage(spec, this.#ledger, signal);
        const moved = await copyDisk({
          disk,
          planned,
          upload,
          lanes: this.#lanes,
          of: { diskIndex, disks: plan.disks.length },
          tell: this.#context.tellProgress,
          onWritten: this.#context.onWritten,
          signal,
        });
        const { reading, imageFormat } = planned;
        const copied: MovedDisk = {
          ...moved,
          reading: reading.value,
          imageFormat: imageFormat.value,
          imageId: upload.imageId,
          volumeId: null,
        };
        await this.#write({ what: 'copied', disk: copied });
        return;
      } catch (thrown) {
        const error = firstOf(thrown);
        const mayHelp = error instanceof GutsError && error.retryable;
        if (signal.aborted || !mayHelp || tried === TRIES) throw error;
        await pause(FIRST_PAUSE_MS * 4 ** (tried - 1), undefined, { signal });
      }
    }
  }

  async #provision(): Promise<ProvisionedServer> {
    const { destination } = await this.#open();
    const { request, disks } = this.#state.record;
    const { vm } = this.#state;
    if (vm === null) throw new Error('nothing was planned');
    this.#server = await destination.provision(
      {
        migrationTag: tagOf(request.id),
        sourceVm: vm,
        plan: this.#plan(),
        options: request.options,
        imageIds: new Map(disks.map(({ key, imageId }) => [key, imageId])),
      },
      this.#ledger,
      this.#context.signal,
    );
    return this.#server;
  }

  async #boot(): Promise<void> {
    const { destination } = await this.#open();
    const { request, disks } = this.#state.record;
    const server = this.#server ?? (await this.#provision()); // adopts what is there
    const boot = await destination.watchBoot(server, request.options, this.#context.signal);
    const { stoppedAt } = this.#state;
    await this.#write({
      what: 'outcome',
      outcome: {
        serverId: server.id,
        serverName: server.name,
        flavor: server.flavor,
        ports: server.ports.map(({ nicKey: _key, addresses, ...port }) => ({ ...port, addresses: [...addresses] })),
        disks: disks.map((disk) => ({ ...disk, volumeId: server.volumeIds.get(disk.key) ?? null })),
        boot,
        proofs: [],
        downtimeSeconds: stoppedAt === null ? null : (Date.now() - Date.parse(stoppedAt)) / 1000,
        seconds: (performance.now() - this.#beganMs) / 1000,
        warnings: boot.verdict === 'unknown' ? [`Nothing showed that the guest runs: ${boot.evidence}`] : [],
      },
    });
  }

  /** Looks once more at what the cloud made, and lets go of what was only needed on the way. */
  async #finish(): Promise<void> {
    const { signal } = this.#context;
    const { destination } = await this.#open();
    const server = this.#server ?? (await this.#provision());
    const { outcome, request } = this.#state.record;
    if (outcome === null) throw new Error('the server was not watched');
    const proofs = await destination.verify(server, this.#plan(), signal);
    await this.#write({ what: 'outcome', outcome: { ...outcome, proofs: [...proofs] } });
    await destination.cleanUp(server, this.#ledger, request.options, signal);
  }

  async #fail(error: unknown): Promise<void> {
    try {
      await this.#undo(AbortSignal.timeout(UNDO_TIMEOUT_MS));
    } catch {
      // What is left stands in the ledger, and the remedy names it; the first error is the one that counts.
    }
    const info = toErrorInfo(error);
    const left = this.#ledger.items;
    const remedy =
      left.length === 0 ? info.remedy : `${info.remedy} Still there, and removed by “guts tidy”: ${namesOf(left)}.`;
    await this.#write({ what: 'failed', error: { ...info, remedy } });
    await this.#reach('fail');
  }

  async #cancel(): Promise<void> {
    await this.#reach('cancel');
    if (this.#stage === 'cleaning') await this.#clean();
  }

  async #clean(): Promise<void> {
    try {
      await this.#undo(AbortSignal.timeout(UNDO_TIMEOUT_MS));
    } catch (error) {
      await this.#write({ what: 'failed', error: toErrorInfo(error) });
      await this.#reach('fail');
      throw error;
    }
    await this.#reach('cleaned');
  }

  async #undo(signal: AbortSignal): Promise<void> {
    if (this.#ledger.items.length === 0) return;
    await undoAll(await this.#open(signal), this.#ledger, signal);
  }

  /** The kinds one after another, each with the last thing first. */
  async #undoKinds(...kinds: readonly LedgerItem['kind'][]): Promise<void> {
    for (const kind of kinds) {
      for (const item of this.#ledger.items.filter((one) => one.kind === kind).reverse()) {
        const sides = await this.#open();
        await (item.side === 'source' ? sides.source : sides.destination).undo(item, this.#context.signal);
        await this.#ledger.settle(item.key);
      }
    }
  }

  async #open(signal = this.#context.signal): Promise<Sides> {
    this.#sides ??= await this.#tools.open(signal);
    return this.#sides;
  }

  #plan(): NonNullable<MigrationRecord['plan']> {
    const { plan } = this.#state.record;
    if (plan === null) throw new Error('nothing was planned');
    return plan;
  }

  async #reach(event: StageEvent): Promise<void> {
    const stage = next(this.#stage, event);
    await this.#write({ what: 'stage', stage, at: now() });
    this.#context.tellStage(stage);
  }

  async #write(entry: MoveEntry): Promise<void> {
    await this.#taken.journal.write(entry);
    this.#state = withEntry(this.#state, entry);
  }

  #record(): MigrationRecord {
    const ledger = this.#stage === 'done' ? [] : [...this.#ledger.items];
    return { ...this.#state.record, ledger, isRunning: false };
  }
}

/** Of the ledger's item for the image of a disk. */
const imageKey = (diskKey: string): string => `image:${diskKey}`;
const namesOf = (items: readonly LedgerItem[]): string => items.map(({ kind, name }) => `${kind} ${name}`).join(', ');

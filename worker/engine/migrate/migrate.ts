/** Runs one migration from wherever its journal stands to its end; what cannot be finished is undone, or named. */
import { toErrorInfo } from '../../../main/shared/errors.ts';
import type { InventoryVm } from '../../../main/shared/inventory.ts';
import { tagOf, type MigrationRecord } from '../../../main/shared/migration.ts';
import type { MigrateJob, PlanResult } from '../../../main/shared/move-jobs.ts';
import { mayStart } from '../../../main/shared/preflight.ts';
import { exits, isOver, type Stage, type StageEvent } from '../../../main/shared/stages.ts';
import type { ProvisionedServer } from '../../drivers.ts';
import { PreflightBlockedError } from '../../preflight/check.ts';
import { describeSame } from '../../same-machine.ts';
import type { JobContext } from '../job-context.ts';
import { RateLimit } from '../rate-limit.ts';
import { mustBeAsPlanned } from './as-planned.ts';
import { copyMachine, dropCopies, missingDisks } from './copy-machine.ts';
import { cancel, clean, fail, hold, InterruptedError } from './endings.ts';
import { CancelWish, MigrationInHand } from './in-hand.ts';
import { downtimeOf } from './journal.ts';
import { now, type Shelf } from './shelf.ts';
import type { Doors, Sides } from './sides.ts';
import { hasRunSince, RunsAgainError } from './still-off.ts';

export interface MigrateTools {
  readonly shelf: Shelf;
  readonly doors: Doors;
  readonly plan: (
    request: MigrateJob['request'],
    sides: Sides,
    signal: AbortSignal,
  ) => Promise<PlanResult & { readonly vm: InventoryVm }>;
}

type Wishes = Pick<MigrateJob, 'lanes' | 'until' | 'onTrouble' | 'limits'>;

/** A plan that has waited for longer is made anew before anything else is. */
const PLAN_GOOD_FOR_MS = 10 * 60_000;
/** From which a migration can still be brought into the queue. */
const BEFORE_QUEUE: readonly Stage[] = ['planned', 'preflight', 'failed'];

/**
 * @returns the record at its end: done, or cancelled; or where it waits for its turn, a word, or trouble to pass
 * @throws GutsError after what was made is undone or named
 */
export async function migrate(
  job: Pick<MigrateJob, 'request'> & Wishes,
  tools: MigrateTools,
  context: JobContext,
): Promise<MigrationRecord> {
  const { shelf } = tools;
  const limit = limitOf(job, context);
  await shelf.put(job.request);
  await using taken = await shelf.take(job.request.id);
  await using move = new MigrationInHand(taken, tools.doors, context, shelf.truth?.fenced);
  using _listening = shelf.onWish(job.request.id, (wish) => move.answer(wish));
  return await new Run(move, tools.plan, job, limit).go();
}

/** @throws Error where buckets are named that this engine does not have, which is a fault of its host */
function limitOf({ limits = [] }: Wishes, { rates }: JobContext): RateLimit | null {
  if (limits.length === 0) return null;
  if (rates === null) throw new Error('this engine was given no table of rates');
  return new RateLimit(rates, limits);
}

class Run {
  readonly #move: MigrationInHand;
  readonly #makePlan: MigrateTools['plan'];
  readonly #job: Wishes;
  readonly #limit: RateLimit | null;
  readonly #beganMs = performance.now();
  #server: ProvisionedServer | undefined;

  constructor(move: MigrationInHand, makePlan: MigrateTools['plan'], job: Wishes, limit: RateLimit | null) {
    this.#move = move;
    this.#makePlan = makePlan;
    this.#job = job;
    this.#limit = limit;
  }

  async go(): Promise<MigrationRecord> {
    const move = this.#move;
    const { signal } = move.context;
    const isToQueue = this.#job.until === 'queued';
    try {
      if (!isToQueue || BEFORE_QUEUE.includes(move.stage)) await this.#takeUp();
      while (isToQueue ? BEFORE_QUEUE.includes(move.stage) : !isOver(move.stage)) {
        signal.throwIfAborted();
        const event = await this.#through(move.stage);
        if (move.isToPause) signal.throwIfAborted(); // it was granted at this stage
        await move.reach(event);
      }
    } catch (error) {
      await this.#stop(error);
    }
    return { ...move.state.record, isRunning: false };
  }

  /** @throws `error` where it is to be told, or why the job was cancelled */
  async #stop(error: unknown): Promise<void> {
    const move = this.#move;
    const { cancelled } = move;
    move.demandOurs();
    if (move.isToPause) await move.reach('pause');
    else if (!cancelled.aborted) {
      if (isOver(move.stage)) throw error; // what was left to undo could not be
      if (this.#mayWaitFor(error)) await hold(move, error);
      else throw await fail(move, error);
    }
    if (!cancelled.aborted) return;
    await cancel(move);
    if (!(cancelled.reason instanceof CancelWish)) throw cancelled.reason;
  }

  #mayWaitFor(error: unknown): boolean {
    const canHold = exits[this.#move.stage].hold !== undefined;
    return this.#job.onTrouble === 'wait' && canHold && toErrorInfo(error).retryable;
  }

  /** Where an interrupted or failed run is taken up again. */
  async #takeUp(): Promise<void> {
    const move = this.#move;
    switch (move.stage) {
      case 'failed':
        await move.reach('retry');
        return;
      case 'preparing':
      case 'copying':
        await hold(move, new InterruptedError(move.state.record));
        await move.reach('resume');
        return;
      case 'paused':
      case 'waiting':
        await move.reach('resume');
        return;
      case 'provisioning':
      case 'booting':
      case 'verifying':
        if (await this.#mustCopyAgain()) {
          await hold(move, new InterruptedError(move.state.record, true));
          await move.reach('resume');
        } else move.context.tellStage(move.stage);
        return;
      case 'cleaning':
        await clean(move);
        return;
      default: // every other stage can be entered again as it is
        move.context.tellStage(move.stage);
    }
  }

  /** Whether what was copied is of no use any more: some of it is gone, or the machine has run again since. */
  async #mustCopyAgain(): Promise<boolean> {
    return missingDisks(this.#move).length > 0 || (await hasRunSince(this.#move));
  }

  /** @returns what leads on from the stage, once all is done there */
  async #through(stage: Stage): Promise<StageEvent> {
    switch (stage) {
      case 'planned':
        return 'start';
      case 'preflight':
        await this.#preflight();
        return 'passed';
      case 'queued':
        if (this.#planAgeMs() > PLAN_GOOD_FOR_MS) await this.#preflight();
        return 'admitted';
      case 'preparing':
        await this.#prepare();
        return 'ready';
      case 'copying':
        await copyMachine(this.#move, { lanes: this.#job.lanes, limit: this.#limit });
        return 'switched';
      case 'provisioning':
        await this.#provision();
        return 'provisioned';
      case 'booting':
        await this.#boot();
        return 'booted';
      case 'verifying':
        await this.#finish();
        return 'verified';
      default:
        throw new Error(`a cold migration is never at “${stage}”`);
    }
  }

  #planAgeMs(): number {
    const queued = this.#move.state.record.stages.findLast(({ stage }) => stage === 'queued');
    return Date.now() - Date.parse(queued?.at ?? '');
  }

  async #preflight(): Promise<void> {
    const move = this.#move;
    const { signal } = move.context;
    const sides = await move.sides();
    await move.undo(signal); // what an earlier, failed run could not
    const { vm, plan, findings } = await this.#makePlan(move.state.record.request, sides, signal);
    const about = { source: sides.source.about, destination: sides.destination.about };
    await move.write({ what: 'planned', vm, plan, findings, about });
    if (plan === null || !mayStart(findings)) throw new PreflightBlockedError(findings);
    const { accept } = move.state.record.request.options;
    const refused = findings.filter(
      ({ id, severity }) => severity === 'warns' && accept !== 'all' && !accept.includes(id),
    );
    if (refused.length > 0) throw new PreflightBlockedError(refused.map((one) => ({ ...one, severity: 'blocks' })));
  }

  /** Brings the machine to a state in which its disks stand still; copies that it outlived are dropped. */
  async #prepare(): Promise<void> {
    const move = this.#move;
    const { signal } = move.context;
    const { source } = await move.sides();
    const { request } = move.state.record;
    const { options } = request;
    const vm = await describeSame(source, request.vm, signal);
    mustBeAsPlanned(vm.name, move.plan.disks, vm.disks);
    await move.undoKinds('lease');
    if (vm.power === 'off') await move.undoKinds('snapshot'); // of one that ran: its disks stand still by themselves
    if (options.whileRunning === 'snapshot') return;
    if (vm.power !== 'on') {
      const wasOn = move.ledger.items.some(({ kind }) => kind === 'power');
      if (wasOn && move.state.record.stoppedAt === null) await move.write({ what: 'stopped', at: now() });
      return;
    }
    await dropCopies(move);
    // A guest that shuts down is no state to leave it in: only whoever undoes that stops it.
    await source.shutDown(vm, options, move.ledger, move.cancelled);
    await move.write({ what: 'stopped', at: now() });
  }

  async #provision(): Promise<ProvisionedServer> {
    const move = this.#move;
    const { destination } = await move.sides();
    const { request, disks } = move.state.record;
    const { vm } = move.state;
    if (vm === null) throw new Error('nothing was planned');
    this.#server = await destination.provision(
      {
        migrationTag: tagOf(request.id),
        sourceVm: vm,
        plan: move.plan,
        options: request.options,
        imageIds: new Map(disks.map(({ key, imageId }) => [key, imageId])),
        beforeOrder: async () => {
          if (await hasRunSince(move)) throw new RunsAgainError(request.vm.name);
        },
      },
      move.ledger,
      move.context.signal,
    );
    return this.#server;
  }

  async #boot(): Promise<void> {
    const move = this.#move;
    const { destination } = await move.sides();
    const { request, disks } = move.state.record;
    const server = this.#server ?? (await this.#provision()); // adopts what is there
    const boot = await destination.watchBoot(server, request.options, move.context.signal);
    await move.write({
      what: 'outcome',
      outcome: {
        serverId: server.id,
        serverName: server.name,
        flavor: server.flavor,
        ports: server.ports.map(({ nicKey: _key, addresses, ...port }) => ({ ...port, addresses: [...addresses] })),
        disks: disks.map((disk) => ({ ...disk, volumeId: server.volumeIds.get(disk.key) ?? null })),
        boot,
        proofs: [],
        downtimeSeconds: downtimeOf(move.state.record),
        seconds: (performance.now() - this.#beganMs) / 1000,
        warnings: boot.verdict === 'unknown' ? [`Nothing showed that the guest runs: ${boot.evidence}`] : [],
      },
    });
  }

  /** Looks once more at what the cloud made, and lets go of what was only needed on the way. */
  async #finish(): Promise<void> {
    const move = this.#move;
    const { signal } = move.context;
    const { destination } = await move.sides();
    const server = this.#server ?? (await this.#provision());
    const { outcome, request } = move.state.record;
    if (outcome === null) throw new Error('the server was not watched');
    const proofs = await destination.verify(server, move.plan, signal);
    await move.write({ what: 'outcome', outcome: { ...outcome, proofs: [...proofs] } });
    await destination.cleanUp(server, move.ledger, request.options, signal);
  }
}

/** A migration that is worked on: how it stands, its ledger, both its sides. Whatever happens to it is written down here. */
import { tagOf, type LedgerItem, type MigrationPlan } from '../../../main/shared/migration.ts';
import { next, type Stage, type StageEvent } from '../../../main/shared/stages.ts';
import type { JobContext } from '../job-context.ts';
import { withEntry, type MoveEntry, type MoveState } from './journal.ts';
import { JournaledLedger } from './ledger.ts';
import { canPauseAt } from './pause.ts';
import { now, type TakenMigration } from './shelf.ts';
import { OpenedSides, type Doors, type Sides } from './sides.ts';
import { undoAll } from './undo.ts';
import type { Wish } from './wishes.ts';

/** Somebody asked for it: that is no failure. */
export class CancelWish extends Error {
  override readonly message = 'The migration was cancelled.';
}
class PauseWish extends Error {
  override readonly message = 'The migration was paused.';
}

/** Disposing it signs out of what was opened; the migration itself is let go of by whoever took it. */
export class MigrationInHand implements AsyncDisposable {
  readonly ledger: JournaledLedger;
  /** Its signal stops what is under way, whether that is to be undone or only to be paused. */
  readonly context: JobContext;
  /** Aborted when all is to be undone. */
  readonly cancelled: AbortSignal;
  readonly #taken: TakenMigration;
  readonly #opened: OpenedSides;
  readonly #cancel = new AbortController();
  readonly #pause = new AbortController();
  readonly #fenced: AbortSignal | null;
  #state: MoveState;
  /** The stage that it is at, or about to reach. */
  #bound: Stage;

  /** @param fenced aborts when somebody else has the migration: then nothing is done any more */
  constructor(taken: TakenMigration, doors: Doors, context: JobContext, fenced: AbortSignal | null = null) {
    this.cancelled = AbortSignal.any([context.signal, this.#cancel.signal]);
    const stops = [this.cancelled, this.#pause.signal, ...(fenced === null ? [] : [fenced])];
    this.context = { ...context, signal: AbortSignal.any(stops) };
    this.#fenced = fenced;
    this.#taken = taken;
    this.#opened = new OpenedSides(doors);
    this.#state = taken.state;
    const { request, stage, ledger } = taken.state.record;
    this.#bound = stage;
    this.ledger = new JournaledLedger(tagOf(request.id), this, ledger);
  }

  /** What comes of a wish; one to pause is granted only where its stage can be left that way, and before it is left otherwise. */
  answer(wish: Wish): boolean | null {
    if (wish === 'cancel') this.#cancel.abort(new CancelWish());
    const isGranted = wish === 'cancel' || canPauseAt(this.#bound);
    if (wish === 'pause' && isGranted === true) this.#pause.abort(new PauseWish());
    return isGranted;
  }

  /** @throws FencedError where somebody else has the migration */
  demandOurs(): void {
    this.#fenced?.throwIfAborted();
  }

  get isToPause(): boolean {
    return this.#pause.signal.aborted && !this.cancelled.aborted;
  }

  get state(): MoveState {
    return this.#state;
  }

  get stage(): Stage {
    return this.#state.record.stage;
  }

  get plan(): MigrationPlan {
    const { plan } = this.#state.record;
    if (plan === null) throw new Error('nothing was planned');
    return plan;
  }

  /** Signs in when the sides are needed first. */
  async sides(signal = this.context.signal): Promise<Sides> {
    return await this.#opened.both(signal);
  }

  async reach(event: StageEvent): Promise<void> {
    const stage = next(this.stage, event);
    this.#bound = stage;
    await this.write({ what: 'stage', stage, at: now() });
    this.context.tellStage(stage);
  }

  async write(entry: MoveEntry): Promise<void> {
    await this.#taken.journal.write(entry);
    this.#state = withEntry(this.#state, entry);
  }

  /** All that the ledger names. @throws LeftBehindError, StillThereError */
  async undo(signal: AbortSignal): Promise<void> {
    await undoAll(this.#opened, this.ledger, signal);
  }

  /** The kinds one after another, each with the last thing first. */
  async undoKinds(...kinds: readonly LedgerItem['kind'][]): Promise<void> {
    for (const kind of kinds) {
      for (const item of this.ledger.items.filter((one) => one.kind === kind).reverse()) {
        const sides = await this.sides();
        await (item.side === 'source' ? sides.source : sides.destination).undo(item, this.context.signal);
        await this.ledger.settle(item.key);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opened[Symbol.asyncDispose]();
  }
}

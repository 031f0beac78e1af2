/** A daemon among servers that share a state: decides while it leads, and follows what the one that leads tells otherwise. */
import type { Fleet } from './fleet/daemon/fleet.ts';
import type { Driver } from './handover/driver.ts';
import type { Scheduler } from './scheduler/scheduler.ts';
import { ToldSchedule } from './scheduler/told.ts';
import { NodeId } from './shared/node-id.ts';
import type { Leadership } from './state.ts';
import type { MigrationIndex } from './store/migrations.ts';

export interface LeadingParts {
  readonly leadership: Leadership;
  readonly scheduler: Scheduler;
  readonly index: MigrationIndex;
  readonly fleet: Fleet | null;
  /** Of plans that change hands. */
  readonly handovers: Pick<Driver, 'begin' | 'forgetTokens' | 'rest'>;
  /** What this machine is called among nodes. */
  readonly node: NodeId;
  readonly onDetail: (detail: string) => void;
}

const Told = ToldSchedule.extend({ leader: NodeId.nullable().default(null) });

/** Others see how far copies are about as often as they look. */
const TELL_MS = 2_000;

export class Leading implements Disposable {
  readonly #parts: LeadingParts;
  #telling: NodeJS.Timeout | undefined;
  #lastTold = '';
  #leader: NodeId | null = null;
  /** It leads, and knows all that the one before has written. */
  #isReady = false;
  /** One change after the other: it may lead again before it has come to rest. */
  #turn: Promise<void> = Promise.resolve();

  constructor(parts: LeadingParts) {
    this.#parts = parts;
    const { leadership, index, scheduler } = parts;
    leadership.beforeNews(async (ids) => {
      for (const id of ids) if (index.find(id) === null) await index.refresh(id);
    });
    leadership.onTold((text) => {
      const { leader, ...told } = Told.parse(JSON.parse(text));
      this.#leader = leader;
      scheduler.hearLeader(told);
    });
  }

  get isHere(): boolean {
    return this.#isReady && this.#parts.leadership.isLeading();
  }

  /** What the server that leads is called among nodes; null where it has not told that yet. */
  get leader(): NodeId | null {
    return this.isHere ? this.#parts.node : this.#leader;
  }

  /** Returns after the first look at who leads. */
  async begin(): Promise<void> {
    await this.#parts.leadership.begin({
      lead: async () => await this.#next(async () => await this.#lead()),
      rest: async () => await this.#next(async () => await this.#rest()),
    });
  }

  [Symbol.dispose](): void {
    clearInterval(this.#telling);
  }

  async #next(work: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.catch(() => {}).then(work); // whoever called for the one before was told
    await this.#turn;
  }

  async #lead(): Promise<void> {
    const { scheduler, index, fleet, leadership, handovers, onDetail } = this.#parts;
    if (!leadership.isLeading()) return;
    for (const id of scheduler.openIds()) await index.refresh(id); // as the one before has left them
    await scheduler.tellOthers(); // what that one has told is over
    await fleet?.answer();
    scheduler.start();
    this.#isReady = true;
    handovers.begin();
    handovers.forgetTokens().catch((error: unknown) => onDetail(String(error))); // the next time
    this.#telling = setInterval(() => void this.#tell(), TELL_MS).unref();
  }

  async #rest(): Promise<void> {
    clearInterval(this.#telling);
    this.#isReady = false;
    this.#leader = null;
    await this.#parts.handovers.rest();
    await this.#parts.fleet?.rest();
    await this.#parts.scheduler.rest();
  }

  async #tell(): Promise<void> {
    const { leadership, scheduler, node, onDetail } = this.#parts;
    if (!leadership.isLeading()) return;
    try {
      const text = JSON.stringify({ leader: node, ...(await scheduler.tellOthers()) });
      if (text === this.#lastTold) return;
      await leadership.tell(text);
      this.#lastTold = text;
    } catch (error) {
      onDetail(error instanceof Error ? error.message : String(error)); // told again soon
    }
  }
}

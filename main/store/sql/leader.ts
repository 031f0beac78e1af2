/**
 * Which of the servers leads: the one that was last to put its name into the state’s row, for as long as it renews that by the
 * database’s clock. The number that it gets with it is on everything that the leader writes.
 */
import { sql, type Kysely } from 'kysely';
import type { StateAddress } from './address.ts';
import type { Database } from './database.ts';
import { NotLeaderError } from './errors.ts';
import type { Tables } from './tables.ts';

export interface Term {
  readonly fence: number;
  /** Aborts when another server leads. */
  readonly over: AbortSignal;
}

export interface LeadListener {
  /** Called with what is to be done by the one that leads; it is over when the signal aborts. */
  lead(term: Term): Promise<void>;
  /** Somebody else leads since. */
  rest(): Promise<void>;
}

const LEASE_MS = 15_000;
const RENEW_MS = 3_000;
/** Clocks tick apart a little. */
const MARGIN_MS = 1_000;

export class Leader {
  readonly #database: Database;
  readonly #server: string;
  readonly #onDetail: (detail: string) => void;
  #fence: number | null = null;
  #over = new AbortController();
  /** Until when nobody else can lead, by this process’s own clocks. */
  #good: { readonly monotonicMs: number; readonly wallMs: number } | null = null;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  /** What is to be done first by the one that leads. */
  #beginning: Promise<void> = Promise.resolve();
  #isStopped = false;
  #listener: LeadListener | undefined;

  /** @param server the same whenever this server starts, and no other’s: it need not wait for itself */
  constructor(database: Database, server: string, onDetail: (detail: string) => void) {
    this.#database = database;
    this.#server = server;
    this.#onDetail = onDetail;
  }

  /** Null where this server does not lead. */
  get fence(): number | null {
    return this.#fence;
  }

  /** Aborts when another server leads. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  /** For how many milliseconds nobody else can lead; 0 where that is not known. */
  goodForMs(): number {
    if (this.#good === null || this.#fence === null) return 0;
    const { monotonicMs, wallMs } = this.#good;
    // One clock stands still while the computer sleeps, the other can be set: the one that says more has gone by is believed.
    return Math.max(0, Math.min(monotonicMs - performance.now(), wallMs - Date.now()));
  }

  /** Looks at once and from then on; returns after the first look, whatever came of it, and what is to be done first. */
  async begin(listener: LeadListener): Promise<void> {
    this.#listener = listener;
    await this.#look();
    this.#arm();
    await this.#beginning;
  }

  /** What was written was refused: another server leads. */
  hearRefusal(error: unknown): void {
    if (error instanceof NotLeaderError) this.#lose();
  }

  /** Another server may lead at once. */
  async resign(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#looking;
    await this.#beginning;
    const fence = this.#fence;
    if (fence === null) return;
    this.#fence = null;
    await this.#database
      .write(
        async (tx) =>
          await tx.updateTable('guts_state').set({ holder: '', valid_until: 0 }).where('id', '=', 1).execute(),
        { fence },
      )
      .catch(() => {}); // its time runs out
  }

  #arm(): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => {
      this.#looking = this.#look().finally(() => this.#arm());
    }, RENEW_MS).unref();
  }

  async #look(): Promise<void> {
    const asked = { monotonicMs: performance.now(), wallMs: Date.now() };
    let fence: number | null;
    try {
      fence = await this.#database.write(async (tx, _changed, row) => {
        const nowMs = await clockOf(tx, this.#database.address.kind);
        const isOurs = this.#fence !== null && row.fence === this.#fence;
        const mayLead = isOurs || row.holder === this.#server || row.holder === '' || row.validUntilMs < nowMs;
        if (!mayLead) return null;
        const own = isOurs ? row.fence : row.fence + 1;
        const set = { holder: this.#server, fence: own, valid_until: nowMs + LEASE_MS };
        await tx.updateTable('guts_state').set(set).where('id', '=', 1).execute();
        return own;
      });
    } catch (error) {
      this.#onDetail(error instanceof Error ? error.message : String(error)); // it is asked again
      return;
    }
    if (fence === null || (this.#fence !== null && fence !== this.#fence)) {
      this.#lose();
      if (fence === null) return;
    }
    const good = LEASE_MS - MARGIN_MS;
    this.#good = { monotonicMs: asked.monotonicMs + good, wallMs: asked.wallMs + good };
    if (this.#fence === fence) return;
    this.#fence = fence;
    this.#over = new AbortController();
    this.#beginning = this.#begin({ fence, over: this.#over.signal }); // its time is renewed meanwhile, however long that takes
  }

  async #begin(term: Term): Promise<void> {
    const hasBegun = await this.#tell(async () => await this.#listener?.lead(term));
    if (!hasBegun && this.#fence === term.fence) this.#lose(); // the next look begins anew
  }

  #lose(): void {
    if (this.#fence === null) return;
    this.#fence = null;
    this.#good = null;
    this.#over.abort(new NotLeaderError());
    void this.#tell(async () => await this.#listener?.rest());
  }

  /** @returns whether it went well */
  async #tell(call: () => Promise<void>): Promise<boolean> {
    try {
      await call();
      return true;
    } catch (error) {
      this.#onDetail(error instanceof Error ? (error.stack ?? error.message) : String(error));
      return false;
    }
  }
}

/** Milliseconds since 1970, as the database has it now and not when the transaction began. */
export async function clockOf(db: Kysely<Tables>, kind: StateAddress['kind']): Promise<number> {
  const now = {
    postgresql: sql<number>`cast(extract(epoch from clock_timestamp()) * 1000 as bigint)`,
    mysql: sql<number>`cast(unix_timestamp(sysdate(3)) * 1000 as unsigned)`,
    sqlite: sql<number>`cast(unixepoch('subsec') * 1000 as integer)`,
  }[kind];
  const { rows } = await sql<{ now: number }>`select ${now} as now`.execute(db);
  return Number(rows[0]?.now);
}

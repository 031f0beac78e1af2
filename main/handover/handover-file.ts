/** `handovers.json`: which plans change hands, with whom, and how far each migration has come. */
import { z } from 'zod';
import { EngineUrl } from '../shared/engines.ts';
import { Handover, TakenEnds, WaveStanding, type HandoverId } from '../shared/handover.ts';
import { Trust } from '../shared/trust.ts';
import type { Documents, StateDocument } from '../store/documents.ts';
import { UnknownHandoverError } from './errors.ts';

const SCHEMA_VERSION = 1;

/** With what only this side has to know. */
export const KeptHandover = Handover.extend({
  /** Of the active side: how the other one is reached. Its token is in the vault. */
  way: z.object({ url: EngineUrl, trust: Trust }).nullable(),
  /** Of the taker: its own connections. */
  ends: TakenEnds.nullable(),
  /** Of the taker: waves of the plan that others have, and whether something of them is not over. */
  others: z.array(WaveStanding).default([]),
  /** Of the active side: it is over, and both go on telling each other which waves are. */
  isFollowed: z.boolean().default(false),
});
export type KeptHandover = z.infer<typeof KeptHandover>;

const Document = z.object({ schemaVersion: z.literal(SCHEMA_VERSION), handovers: z.array(KeptHandover) });
type Document = z.infer<typeof Document>;

/** Those that are over are kept, the newest ones. */
const MOST_OVER = 200;

export class HandoverFile {
  readonly #document: StateDocument<Document>;
  #data: Document;
  readonly #listeners = new Set<() => void>();

  private constructor(document: StateDocument<Document>, data: Document) {
    this.#document = document;
    this.#data = data;
  }

  /** @throws StoreDamagedError, StoreTooNewError, StoreRefusedError */
  static async open(documents: Documents): Promise<HandoverFile> {
    const document = documents.document<Document>({
      name: 'handovers.json',
      schema: Document,
      schemaVersion: SCHEMA_VERSION,
      keepsBackup: true,
      empty: () => ({ schemaVersion: SCHEMA_VERSION, handovers: [] }),
    });
    const file = new HandoverFile(document, await document.read());
    document.follow((now) => file.#take(now));
    return file;
  }

  /** Oldest first. */
  get all(): readonly KeptHandover[] {
    return this.#data.handovers;
  }

  find(id: HandoverId): KeptHandover | null {
    return this.all.find((one) => one.id === id) ?? null;
  }

  /** @throws UnknownHandoverError */
  one(id: HandoverId): KeptHandover {
    const found = this.find(id);
    if (found === null) throw new UnknownHandoverError(id);
    return found;
  }

  /** The same where another server may have written it a moment ago. */
  async lookFor(id: HandoverId): Promise<KeptHandover> {
    if (this.find(id) === null) this.#take(await this.#document.read());
    return this.one(id);
  }

  /** Calls whenever another server has changed something. */
  onOthers(hear: () => void): void {
    this.#listeners.add(hear);
  }

  /** Adds it, or puts it in the place of the one with its id. Returns when that would survive a power cut. */
  async put(handover: KeptHandover): Promise<KeptHandover> {
    return await this.change(handover.id, () => handover);
  }

  /** @param change of what is there then; null where there is none */
  async change(id: HandoverId, change: (before: KeptHandover | null) => KeptHandover): Promise<KeptHandover> {
    const here = this.find(id);
    // Only the server that leads asks: what it knows is what is there.
    if (here !== null && JSON.stringify(change(here)) === JSON.stringify(here)) return here;
    let changed = here;
    this.#data = await this.#document.change((data) => {
      const before = data.handovers.find((one) => one.id === id) ?? null;
      const after = change(before);
      changed = after;
      const all =
        before === null ? [...data.handovers, after] : data.handovers.map((one) => (one.id === id ? after : one));
      return { ...data, handovers: bounded(all, id) };
    });
    return changed ?? this.one(id);
  }

  /** What another server has written. */
  #take(now: Document): void {
    this.#data = now;
    for (const hear of this.#listeners) hear();
  }
}

/** @param changed of the one that stays, however old it is */
function bounded(all: readonly KeptHandover[], changed: HandoverId): KeptHandover[] {
  const isOver = ({ state, isFollowed }: KeptHandover): boolean => state !== 'open' && !isFollowed;
  let over = all.filter(isOver).length;
  return all.filter((one) => !isOver(one) || over-- <= MOST_OVER || one.id === changed);
}

/** What others may know of it. */
export function shownOf({
  way: _way,
  ends: _ends,
  others: _others,
  isFollowed: _isFollowed,
  ...handover
}: KeptHandover): Handover {
  return handover;
}

/** Carries a hand-over through from the active side: asks both sides step by step, again after each failure and each restart; then both tell each other of their waves. */
import { trustingFetch } from '../api/network-fetch.ts';
import { ApiClient } from '../shared/client/client.ts';
import { toErrorInfo } from '../shared/errors.ts';
import type { HandoverId, HandoverPart } from '../shared/handover.ts';
import type { Vault } from '../vault/vault.ts';
import { LostWayError } from './errors.ts';
import { ownName, type Giver } from './giver.ts';
import type { HandoverFile, KeptHandover } from './handover-file.ts';
import {
  givingOver,
  takingOver,
  wavesOver,
  type GivingSide,
  type OfferWish,
  type TakingSide,
  type WaveSide,
} from './sides.ts';
import type { Taker } from './taker.ts';

export interface DriverParts {
  readonly file: HandoverFile;
  readonly giver: Giver;
  readonly taker: Taker;
  /** What this side says of its waves, and hears. */
  readonly waves: WaveSide;
  readonly vault: Vault;
  readonly onDetail: (detail: string) => void;
}

const LOOK_EVERY_MS = 500;
const TELL_EVERY_MS = 2000;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;
const PATIENCE_MS = 60_000;

export class Driver implements AsyncDisposable {
  readonly #parts: DriverParts;
  #stop = new AbortController();
  #isBegun = false;
  #isOver = false;
  readonly #running = new Map<HandoverId, Promise<void>>();

  constructor(parts: DriverParts) {
    this.#parts = parts;
  }

  /** Goes on with what a restart cut short, or another server has begun. */
  begin(): void {
    if (this.#isOver) return;
    if (this.#stop.signal.aborted) this.#stop = new AbortController();
    this.#isBegun = true;
    this.look();
  }

  /** Another server may have begun one, which this one goes on with. */
  look(): void {
    if (!this.#isBegun) return;
    for (const one of this.#parts.file.all) if (isToGoOn(one)) this.start(one.id);
  }

  start(id: HandoverId): void {
    if (this.#running.has(id) || this.#stop.signal.aborted) return;
    const work = this.#toTheEnd(id).finally(() => this.#running.delete(id));
    this.#running.set(id, work);
  }

  /** Of those that another server has carried to their end. */
  async forgetTokens(): Promise<void> {
    const { file, vault } = this.#parts;
    for (const one of file.all) if (one.isActive && !isToGoOn(one)) await vault.delete(one.id);
  }

  /** Another server goes on with it. */
  async rest(): Promise<void> {
    this.#isBegun = false;
    this.#stop.abort();
    await Promise.all(this.#running.values());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await this.rest();
  }

  async #toTheEnd(id: HandoverId): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    const { file } = this.#parts;
    while (!this.#stop.signal.aborted) {
      try {
        if (!isToGoOn(file.one(id))) return;
        if (file.one(id).state === 'open') await this.#carry(file.one(id));
        if (file.one(id).isFollowed) await this.#follow(file.one(id));
        return;
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        this.#parts.onDetail(`The hand-over ${id} is tried again: ${String(error)}`);
        await this.#note(id, error);
        await pause(pauseMs, this.#stop.signal);
        pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
      }
    }
  }

  async #carry(handover: KeptHandover): Promise<void> {
    const { id, side, peer, plan } = handover;
    const { giver, taker } = await this.#sides(handover);
    const wish: OfferWish = {
      handover: id,
      plan: plan.id,
      ...(handover.isWhole ? {} : { waves: handover.waves }),
      taker: side === 'giver' ? peer : { name: ownName(), url: null },
    };
    try {
      await taker.reserve(await giver.offer(wish), false);
    } catch (error) {
      if (handover.isPlanOver || toErrorInfo(error).retryable) throw error;
      await this.#refuse(handover, error);
      return;
    }
    const sent = new Set<string>();
    let isPlanSent = false;
    for (;;) {
      const { parts } = await giver.rest(wish);
      await this.#isWell(id);
      if (!isPlanSent) await taker.receive(id, await giver.release(id, null));
      isPlanSent = true;
      for (const part of parts.filter((one) => isToSend(one) && !sent.has(one.id))) {
        await taker.receive(id, await giver.release(id, part.id));
        sent.add(part.id);
      }
      if (parts.every((part) => part.state !== 'waits')) break;
      await pause(LOOK_EVERY_MS, this.#stop.signal);
      this.#stop.signal.throwIfAborted();
    }
    // The other side first: this one is what goes on after a crash.
    const [first, last]: readonly [GivingSide | TakingSide, GivingSide | TakingSide] =
      side === 'giver' ? [taker, giver] : [giver, taker];
    await first.close(id, false);
    await last.close(id, false);
  }

  /** As long as one side waits for waves that the other one has: each is told which of them are not over. */
  async #follow(handover: KeptHandover): Promise<void> {
    const { waves: own, file, vault } = this.#parts;
    const { id } = handover;
    const other = wavesOver(await this.#clientOf(handover), this.#stop.signal);
    let told: string | null = null;
    for (;;) {
      const here = await own.waves(id);
      const open = JSON.stringify(here.open);
      const there = open === told ? await other.waves(id) : await other.tellWaves(id, here.open);
      told = open;
      const { isAwaiting } = await own.tellWaves(id, there.open);
      if (!isAwaiting && !there.isAwaiting) break;
      await file.change(id, (before) => ({ ...(before ?? handover), error: null }));
      await pause(TELL_EVERY_MS, this.#stop.signal);
      this.#stop.signal.throwIfAborted();
    }
    await file.change(id, (before) => ({ ...(before ?? handover), error: null, isFollowed: false }));
    await vault.delete(id);
  }

  /** Nothing has gone yet: all of it stays where it is, and goes on there. */
  async #refuse({ id, side }: KeptHandover, error: unknown): Promise<void> {
    const { giver, taker, vault } = this.#parts;
    await this.#note(id, error);
    await (side === 'giver' ? giver : taker).close(id, true);
    await vault.delete(id);
  }

  async #clientOf(handover: KeptHandover): Promise<ApiClient> {
    const { id, way } = handover;
    const token = await this.#parts.vault.get(id);
    if (way === null || token === null) throw new LostWayError(handover);
    return new ApiClient(trustingFetch(way.trust), { baseUrl: way.url, token, timeoutMs: PATIENCE_MS });
  }

  async #sides(handover: KeptHandover): Promise<{ giver: GivingSide; taker: TakingSide }> {
    const { giver, taker } = this.#parts;
    const client = await this.#clientOf(handover);
    const { signal } = this.#stop;
    return handover.side === 'giver'
      ? { giver, taker: takingOver(client, signal) }
      : { giver: givingOver(client, signal), taker };
  }

  /** What went wrong before is over. */
  async #isWell(id: HandoverId): Promise<void> {
    const { file } = this.#parts;
    if (file.one(id).error === null) return;
    await file.change(id, (before) => ({ ...(before ?? file.one(id)), error: null }));
  }

  async #note(id: HandoverId, thrown: unknown): Promise<void> {
    const { file } = this.#parts;
    const error = toErrorInfo(thrown);
    await file.change(id, (before) => ({ ...(before ?? file.one(id)), error })).catch(() => {}); // it is said the next time
  }
}

export const isToGoOn = ({ isActive, state, isFollowed }: KeptHandover): boolean =>
  isActive && (state === 'open' || isFollowed);

const isToSend = ({ state }: HandoverPart): boolean => state === 'ready' || state === 'given';

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
    function end(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    }
  });
}

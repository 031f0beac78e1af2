/** Carries a hand-over through from the active side: asks both sides step by step, again after each failure and each restart. */
import { trustingFetch } from '../api/network-fetch.ts';
import { ApiClient } from '../shared/client/client.ts';
import { toErrorInfo } from '../shared/errors.ts';
import type { HandoverId, HandoverPart } from '../shared/handover.ts';
import type { Vault } from '../vault/vault.ts';
import { ownName, type Giver } from './giver.ts';
import type { HandoverFile, KeptHandover } from './handover-file.ts';
import { givingOver, takingOver, type GivingSide, type OfferWish, type TakingSide } from './sides.ts';
import type { Taker } from './taker.ts';

export interface DriverParts {
  readonly file: HandoverFile;
  readonly giver: Giver;
  readonly taker: Taker;
  readonly vault: Vault;
  readonly onDetail: (detail: string) => void;
}

const LOOK_EVERY_MS = 500;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;
const PATIENCE_MS = 60_000;

export class Driver implements AsyncDisposable {
  readonly #parts: DriverParts;
  readonly #stop = new AbortController();
  readonly #running = new Map<HandoverId, Promise<void>>();

  constructor(parts: DriverParts) {
    this.#parts = parts;
  }

  /** Goes on with what a restart cut short. */
  begin(): void {
    for (const { id, isActive, state } of this.#parts.file.all) if (isActive && state === 'open') this.start(id);
  }

  start(id: HandoverId): void {
    if (this.#running.has(id) || this.#stop.signal.aborted) return;
    const work = this.#toTheEnd(id).finally(() => this.#running.delete(id));
    this.#running.set(id, work);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#running.values());
  }

  async #toTheEnd(id: HandoverId): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    while (!this.#stop.signal.aborted && this.#parts.file.one(id).state === 'open') {
      try {
        await this.#carry(this.#parts.file.one(id));
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
    await this.#parts.vault.delete(id);
  }

  /** Nothing has gone yet: all of it stays where it is, and goes on there. */
  async #refuse({ id, side }: KeptHandover, error: unknown): Promise<void> {
    const { giver, taker, vault } = this.#parts;
    await this.#note(id, error);
    await (side === 'giver' ? giver : taker).close(id, true);
    await vault.delete(id);
  }

  async #sides({ id, side, way }: KeptHandover): Promise<{ giver: GivingSide; taker: TakingSide }> {
    const { giver, taker, vault } = this.#parts;
    const token = await vault.get(id);
    if (way === null || token === null) throw new Error(`The way to the other side of ${id} is not known any more.`);
    const client = new ApiClient(trustingFetch(way.trust), { baseUrl: way.url, token, timeoutMs: PATIENCE_MS });
    const { signal } = this.#stop;
    return side === 'giver'
      ? { giver, taker: takingOver(client, signal) }
      : { giver: givingOver(client, signal), taker };
  }

  async #note(id: HandoverId, thrown: unknown): Promise<void> {
    const { file } = this.#parts;
    const error = toErrorInfo(thrown);
    await file.change(id, (before) => ({ ...(before ?? file.one(id)), error })).catch(() => {}); // it is said the next time
  }
}

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

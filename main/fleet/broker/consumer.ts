/** Reads a queue: a message is acknowledged when it was dealt with, laid aside with the reason where it cannot be. */
import type { Channel, ConsumeMessage } from 'amqplib';
import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { GutsError, toErrorInfo } from '../../shared/errors.ts';
import type { Attachment, Carrier } from './attachment.ts';
import { BrokerNoQueueError } from './errors.ts';
import { untilTaken } from './patience.ts';
import { closed, type Session } from './session.ts';
import { DEAD_QUEUE, type Declare } from './topology.ts';

export interface Delivery {
  readonly body: Buffer;
  /** Somebody has had it before, and did not get to the end. */
  readonly isRedelivered: boolean;
  readonly replyTo: string | null;
  readonly correlationId: string | null;
  readonly headers: Readonly<Record<string, unknown>>;
  /** Aborts when the connection is lost: the message will come again, here or elsewhere. */
  readonly signal: AbortSignal;
}

export interface ConsumeWish {
  /** Makes the queue, as it should be, and names it; called at each connection. */
  readonly declare: Declare;
  /** Messages that are in hand at the same time. */
  readonly prefetch: number;
  /**
   * Called in the order of the queue, without waiting for one to end before the next. What is returned from is acknowledged.
   * @throws GutsError: one that is retryable is called again after a while; with any other the message is laid aside
   */
  readonly handle: (delivery: Delivery) => Promise<void>;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

export class Consumer implements Attachment, AsyncDisposable {
  readonly #wish: ConsumeWish;
  readonly #broker: Carrier;
  readonly #inHand = new Set<Promise<void>>();
  #channel: Channel | null = null;
  #tag: string | null = null;
  /** Aborts when it is given up. */
  readonly #closing = new AbortController();

  constructor(wish: ConsumeWish, broker: Carrier) {
    this.#wish = wish;
    this.#broker = broker;
  }

  async attach(session: Session): Promise<void> {
    const { declare, prefetch } = this.#wish;
    const channel = await session.channel();
    const over = new AbortController();
    setMaxListeners(0, over.signal); // as many as are in hand wait by it
    void session.over.then((why) => over.abort(why));
    await session.ask(async () => {
      await channel.prefetch(prefetch);
      const queue = await declare(channel);
      const onMessage = (message: ConsumeMessage | null): void => {
        if (message === null) session.end(new BrokerNoQueueError(queue));
        else this.#take(channel, message, queue, over.signal);
      };
      const { consumerTag } = await channel.consume(queue, onMessage);
      this.#tag = consumerTag;
    });
    this.#channel = channel;
    if (this.#closing.signal.aborted) void this.#leave(); // given up meanwhile; what it has in hand may wait for this connection
  }

  /** Takes no more, and returns when everything in hand is dealt with, or was given back. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.#broker.detach(this);
    await this.#leave();
  }

  async #leave(): Promise<void> {
    const channel = this.#channel;
    if (channel === null || this.#tag === null) return;
    await channel.cancel(this.#tag).catch(() => {}); // where the connection is lost nothing comes any more
    await Promise.all(this.#inHand);
    await closed(channel).catch(() => {});
  }

  #take(channel: Channel, message: ConsumeMessage, queue: string, signal: AbortSignal): void {
    const work = this.#deal(channel, message, queue, signal);
    this.#inHand.add(work);
    void work.finally(() => this.#inHand.delete(work));
  }

  /** Never throws. */
  async #deal(channel: Channel, message: ConsumeMessage, queue: string, signal: AbortSignal): Promise<void> {
    const { content, fields, properties } = message;
    const delivery: Delivery = {
      body: content,
      isRedelivered: fields.redelivered,
      replyTo: text(properties.replyTo),
      correlationId: text(properties.correlationId),
      headers: properties.headers ?? {},
      signal,
    };
    try {
      const why = await this.#tried(delivery);
      if (why !== null) await this.#layAside(delivery, queue, why);
      if (!signal.aborted) channel.ack(message);
    } catch {
      // The connection is lost, or it is given back: it has not been acknowledged, and comes again.
    }
  }

  /** Null when it was dealt with; why it cannot be. @throws where it comes again anyway */
  async #tried(delivery: Delivery): Promise<string | null> {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      delivery.signal.throwIfAborted();
      try {
        await this.#wish.handle(delivery);
        return null;
      } catch (error) {
        delivery.signal.throwIfAborted();
        const { code, message } = toErrorInfo(error);
        if (!(error instanceof GutsError && error.retryable)) return `${code}: ${message}`;
      }
      const stop = AbortSignal.any([delivery.signal, this.#closing.signal]);
      await pause(pauseMs, undefined, { signal: stop }); // else it comes again, here or to whoever reads next
    }
  }

  /** Among the dead letters, before it is acknowledged: rather twice than never. */
  async #layAside({ body, signal }: Delivery, queue: string, reason: string): Promise<void> {
    const headers = { 'guts-queue': queue, 'guts-reason': reason.slice(0, 1000), 'guts-at': new Date().toISOString() };
    const message = { exchange: '', key: DEAD_QUEUE, body, isDurable: true, mustArrive: true } as const;
    const offer = async (): Promise<void> =>
      await this.#broker.publish({ ...message, properties: () => ({ headers }) }, signal);
    await untilTaken(offer, Infinity, signal);
  }
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

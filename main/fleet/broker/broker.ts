/** A RabbitMQ that is there again whenever it can be: connects, and puts everything that hangs on the connection back after each break. */
import { setTimeout as pause } from 'node:timers/promises';
import { GutsError, toErrorInfo, type ErrorInfo } from '../../shared/errors.ts';
import type { Trust } from '../../shared/trust.ts';
import { brokerAddress } from './address.ts';
import type { Attachment, Carrier } from './attachment.ts';
import { Consumer, type ConsumeWish } from './consumer.ts';
import { BrokerBlockedError, BrokerClosedError } from './errors.ts';
import type { Outgoing } from './outgoing.ts';
import { Publisher } from './publisher.ts';
import { Session, type SessionOptions } from './session.ts';

export interface BrokerOptions {
  /** `amqps://user@host/virtualhost`; `amqp://` on loopback only. */
  readonly url: string;
  readonly trust: Trust;
  /** Asked at each connection, so that a password that was changed needs no restart. */
  readonly password: () => Promise<string>;
  /** By which the broker's own lists show who this is, such as `guts worker w1`. */
  readonly name: string;
}

export type BrokerState =
  | {
      readonly kind: 'up';
      readonly since: string;
      readonly version: string;
      /** Why it takes no messages at the moment; null where it does. */
      readonly blocked: ErrorInfo | null;
    }
  | {
      readonly kind: 'down';
      readonly since: string;
      /** Null as long as nobody has tried. */
      readonly why: ErrorInfo | null;
      readonly nextTryAt: string | null;
    };

const FIRST_DELAY_MS = 500;
/** Well within the time after which a worker that is not heard counts as dead. */
const LONGEST_DELAY_MS = 10_000;
/** A connection that broke off sooner counts as one more that failed. */
const GOOD_FOR_MS = 10_000;

export class Broker implements Carrier, AsyncDisposable {
  readonly #options: SessionOptions;
  readonly #attachments = new Set<Attachment>();
  readonly #listeners = new Set<(state: BrokerState) => void>();
  readonly #closing = new AbortController();
  readonly #publisher = new Publisher();
  readonly #running: Promise<void>;
  #session: Session | null = null;
  #state: BrokerState = { kind: 'down', since: new Date().toISOString(), why: null, nextTryAt: null };
  #lastError: GutsError | null = null;

  /** Begins to connect at once, and goes on until it is disposed. @throws BrokerUrlError and others that the address deserves */
  constructor({ url, ...rest }: BrokerOptions) {
    this.#options = { ...rest, address: brokerAddress(url) };
    this.#running = this.#run();
  }

  get state(): BrokerState {
    return this.#state;
  }

  /** Calls for each change until it is disposed. */
  onState(hear: (state: BrokerState) => void): Disposable {
    this.#listeners.add(hear);
    return { [Symbol.dispose]: () => void this.#listeners.delete(hear) };
  }

  /**
   * Returns when it is up.
   * @throws the signal's reason; why it cannot be, where trying again is no help: wrong password, no rights, TLS, too old
   */
  async ready(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const closing = this.#closing.signal;
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (closing.aborted) end(new BrokerClosedError());
        else if (this.#state.kind === 'up') end(null);
        else if (this.#lastError !== null && !this.#lastError.retryable) end(this.#lastError);
      };
      const listening = this.onState(look);
      const onAbort = (): void => end(signal?.reason);
      const end = (error: unknown): void => {
        listening[Symbol.dispose]();
        closing.removeEventListener('abort', look);
        signal?.removeEventListener('abort', onAbort);
        if (error === null) resolve();
        else reject(error);
      };
      closing.addEventListener('abort', look, { once: true });
      signal?.addEventListener('abort', onAbort, { once: true });
      look();
    });
  }

  /** Returns when it is up, or was tried once, or hangs for so long. */
  async tried(withinMs: number): Promise<void> {
    const late = AbortSignal.timeout(withinMs);
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (this.#state.kind === 'down' && this.#state.why === null && !late.aborted) return;
        listening[Symbol.dispose]();
        late.removeEventListener('abort', look);
        resolve();
      };
      const listening = this.onState(look);
      late.addEventListener('abort', look, { once: true });
      look();
    });
  }

  /**
   * Returns when the broker has the message. While it is down this waits; what was under way is sent again, so that it may arrive
   * twice, but never out of order.
   * @throws the signal's reason: whether it arrives is unknown then; BrokerNoQueueError, BrokerQueueFullError,
   * BrokerCongestedError, MessageTooLargeError
   */
  async publish(message: Outgoing, signal?: AbortSignal): Promise<void> {
    await this.#publisher.publish(message, signal);
  }

  /** Puts something on this connection, where it is up, and on each that follows. @throws GutsError where it is refused for good */
  async attach(attachment: Attachment): Promise<void> {
    this.#attachments.add(attachment);
    const session = this.#session;
    if (session === null) return;
    try {
      await attachment.attach(session);
    } catch (error) {
      if (error instanceof GutsError && error.retryable) return; // the connection is lost; the next one has it
      this.#attachments.delete(attachment);
      throw error;
    }
  }

  detach(attachment: Attachment): void {
    this.#attachments.delete(attachment);
  }

  /** Reads a queue until it is disposed. @throws GutsError where it is refused now */
  async consume(wish: ConsumeWish): Promise<Consumer> {
    const consumer = new Consumer(wish, this);
    await this.attach(consumer);
    return consumer;
  }

  /** Whoever waits for a message to be taken hears that it was closed. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#closing.signal.aborted) {
      this.#closing.abort(new BrokerClosedError());
      this.#publisher.close();
      await this.#session?.close();
    }
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    for (let failures = 0; !signal.aborted; failures++) {
      const beganAt = performance.now();
      const why = await this.#oneSession();
      if (performance.now() - beganAt > GOOD_FOR_MS) failures = 0;
      if (signal.aborted) return;
      const delayMs = delayAfter(failures);
      this.#lastError = why;
      this.#become({
        kind: 'down',
        since: this.#state.kind === 'down' ? this.#state.since : new Date().toISOString(),
        why: toErrorInfo(why),
        nextTryAt: new Date(Date.now() + delayMs).toISOString(),
      });
      await pause(delayMs, undefined, { signal }).catch(() => {});
    }
  }

  /** From connecting to the end of it. */
  async #oneSession(): Promise<GutsError> {
    let session: Session | null = null;
    try {
      session = await Session.open(this.#options);
      await this.#putOn(session);
      this.#publisher.send(); // the queues are there now
      this.#beUp(session);
      return await session.over;
    } catch (error) {
      const why = session?.isOver === true ? await session.over : error;
      await session?.close();
      return why as GutsError; // sessions, and what is put on them, explain everything
    } finally {
      this.#session = null;
    }
  }

  /** @throws BrokerClosedError where it is closed before all of it is there: nobody else would end this session */
  async #putOn(session: Session): Promise<void> {
    const { signal } = this.#closing;
    signal.throwIfAborted();
    const onClosing = (): void => session.end();
    signal.addEventListener('abort', onClosing, { once: true });
    try {
      await this.#publisher.attach(session);
      for (const attachment of this.#attachments) await attachment.attach(session);
      this.#session = session; // in the same breath: what is attached from now on puts itself on
    } finally {
      signal.removeEventListener('abort', onClosing);
    }
    signal.throwIfAborted();
  }

  #beUp(session: Session): void {
    const up = { kind: 'up', since: new Date().toISOString(), version: session.version } as const;
    this.#lastError = null;
    session.onBlocked((reason) => {
      const blocked = reason === null ? null : toErrorInfo(new BrokerBlockedError(session.place, reason));
      if (this.#session === session) this.#become({ ...up, blocked });
    });
    this.#become({ ...up, blocked: null });
  }

  #become(state: BrokerState): void {
    this.#state = state;
    for (const hear of this.#listeners) hear(state);
  }
}

/** Longer each time, and never the same for all who lost the same broker. */
function delayAfter(failures: number): number {
  const longest = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(failures, 10));
  return longest * (0.5 + Math.random() / 2);
}

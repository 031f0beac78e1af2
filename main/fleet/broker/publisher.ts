/** Sends messages in order and tells when the broker has each; keeps what it does not have yet, within bounds, across connections. */
import { IllegalOperationError, type ConfirmChannel } from 'amqplib';
import type { GutsError } from '../../shared/errors.ts';
import type { Attachment } from './attachment.ts';
import {
  BrokerClosedError,
  BrokerCongestedError,
  BrokerLostError,
  BrokerNoQueueError,
  BrokerQueueFullError,
  MessageTooLargeError,
} from './errors.ts';
import type { Outgoing } from './outgoing.ts';
import type { Session } from './session.ts';

export const MOST_MESSAGE_BYTES = 1024 * 1024;
/** Sent, and not yet confirmed. */
const MOST_UNDER_WAY = 500;
const MOST_UNDER_WAY_BYTES = 16 * 1024 * 1024;
/** Kept in memory altogether. */
const MOST_HELD = 20_000;
const MOST_HELD_BYTES = 64 * 1024 * 1024;
/** A broker that is not blocked and says nothing of a message for so long will say nothing any more: its queue has no leader. */
const CONFIRM_TIMEOUT_MS = 30_000;
const LOOK_EVERY_MS = 5_000;
/** So often may a message stand by when the broker closes a channel; it may be the reason. */
const MOST_REFUSALS = 3;

interface Held {
  readonly message: Outgoing;
  readonly done: (error: unknown) => void;
  refusals: number;
  isReturned: boolean;
  isSent: boolean;
}

export class Publisher implements Attachment {
  /** By their number, which grows: all that were given and are not settled. */
  readonly #held = new Map<number, Held>();
  #heldBytes = 0;
  #given = 0;
  /** Of the first one that was not sent on this channel. */
  #next = 0;
  #opened: ConfirmChannel | null = null;
  /** The one on which messages are sent now. */
  #channel: ConfirmChannel | null = null;
  /** By number: when it was sent on this channel, and its size. */
  readonly #underWay = new Map<number, { readonly sentAtMs: number; readonly bytes: number }>();
  #underWayBytes = 0;
  #isClosed = false;

  async publish(message: Outgoing, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const bytes = message.body.length;
    if (this.#isClosed) throw new BrokerClosedError();
    if (bytes > MOST_MESSAGE_BYTES) throw new MessageTooLargeError(bytes, MOST_MESSAGE_BYTES);
    if (this.#held.size >= MOST_HELD || this.#heldBytes + bytes > MOST_HELD_BYTES)
      throw new BrokerCongestedError(this.#held.size);
    await new Promise<void>((resolve, reject) => {
      const number = this.#given++;
      const onAbort = (): void => held.done(signal?.reason);
      const held: Held = {
        message,
        refusals: 0,
        isReturned: false,
        isSent: false,
        done: (error) => {
          if (!this.#held.delete(number)) return;
          this.#heldBytes -= bytes;
          signal?.removeEventListener('abort', onAbort);
          if (error === null) resolve();
          else reject(error);
        },
      };
      this.#held.set(number, held);
      this.#heldBytes += bytes;
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#pump();
    });
  }

  async attach(session: Session): Promise<void> {
    this.#channel = null;
    const channel = await session.confirmChannel();
    channel.on('return', ({ properties }) => {
      const held = this.#held.get(Number(properties.messageId));
      if (held !== undefined) held.isReturned = true; // the confirmation follows
    });
    const looking = setInterval(() => this.#giveUpSilent(channel, session), LOOK_EVERY_MS);
    void session.over.then((why) => {
      clearInterval(looking);
      this.#lost(channel, why);
    });
    this.#underWay.clear();
    this.#underWayBytes = 0;
    for (const held of this.#held.values()) held.isSent = false;
    this.#next = this.#held.keys().next().value ?? this.#given;
    this.#opened = channel;
  }

  /** Begins on the channel that was opened last. */
  send(): void {
    this.#channel = this.#opened;
    this.#pump();
  }

  close(): void {
    this.#isClosed = true;
    this.#channel = null;
    for (const held of this.#held.values()) held.done(new BrokerClosedError());
  }

  #pump(): void {
    while (this.#channel !== null && this.#next < this.#given && this.#hasRoom()) {
      const number = this.#next;
      const held = this.#held.get(number);
      if (held !== undefined && !this.#send(this.#channel, number, held)) return;
      this.#next += 1;
    }
  }

  #hasRoom(): boolean {
    return this.#underWay.size < MOST_UNDER_WAY && this.#underWayBytes < MOST_UNDER_WAY_BYTES;
  }

  /** False where the channel is no more: the next one has it. */
  #send(channel: ConfirmChannel, number: number, held: Held): boolean {
    const { exchange, key, body, isDurable, mustArrive, properties } = held.message;
    held.isReturned = false;
    const onConfirm = (error: unknown): void => {
      if (channel !== this.#channel || isClosing(error)) return; // it broke off: the next channel has it
      this.#release(number);
      if (error === null) held.done(held.isReturned ? new BrokerNoQueueError(key) : null);
      else held.done(new BrokerQueueFullError(exchange === '' ? key : exchange));
      this.#pump();
    };
    const told = {
      persistent: isDurable,
      mandatory: mustArrive,
      messageId: `${number}`,
      contentType: 'application/json',
      ...properties?.(),
    };
    try {
      channel.publish(exchange, key, body, told, onConfirm);
    } catch (error) {
      if (!(error instanceof IllegalOperationError)) {
        held.done(error); // of this message alone: it cannot be sent at all
        return true;
      }
      this.#channel = null; // it is closed, and the session is about to say so
      return false;
    }
    held.isSent = true;
    this.#underWay.set(number, { sentAtMs: performance.now(), bytes: body.length });
    this.#underWayBytes += body.length;
    return true;
  }

  #release(number: number): void {
    const sent = this.#underWay.get(number);
    if (sent === undefined) return;
    this.#underWay.delete(number);
    this.#underWayBytes -= sent.bytes;
  }

  /** The broker hangs on one queue, and with it on this channel: that message is given back, and the others go by a new connection. */
  #giveUpSilent(channel: ConfirmChannel, session: Session): void {
    if (channel !== this.#channel) return;
    const now = performance.now();
    if (session.isBlocked) {
      for (const [number, { bytes }] of this.#underWay) this.#underWay.set(number, { sentAtMs: now, bytes });
      return; // it says nothing of any message then, and that is told
    }
    const [oldest] = this.#underWay;
    if (oldest === undefined || now - oldest[1].sentAtMs < CONFIRM_TIMEOUT_MS) return;
    const held = this.#held.get(oldest[0]);
    held?.done(new BrokerQueueFullError(held.message.exchange === '' ? held.message.key : held.message.exchange));
    session.end(new BrokerLostError(session.place, 'it does not say whether it has a message'));
  }

  #lost(channel: ConfirmChannel, why: GutsError): void {
    if (channel === this.#channel) this.#channel = null;
    if (this.#channel !== null || why instanceof BrokerLostError || why instanceof BrokerClosedError) return;
    for (const held of this.#held.values()) if (held.isSent && ++held.refusals >= MOST_REFUSALS) held.done(why);
  }
}

/** The broker says no by “nack”; what else amqplib tells is that nobody has said anything. */
const isClosing = (error: unknown): boolean => error instanceof Error && error.message !== 'message nacked';

/** Asks by a queue and waits for the answer; asks again where a connection was lost between. Whoever answers knows questions that come twice. */
import { randomBytes } from 'node:crypto';
import type { Attachment } from './attachment.ts';
import type { Broker } from './broker.ts';
import { BrokerClosedError, BrokerNoQueueError, BrokerQueueFullError } from './errors.ts';
import { pauseAfter } from './patience.ts';
import type { Session } from './session.ts';
import { declareAnswers } from './topology.ts';

export interface Question {
  /** Name of the queue. */
  readonly to: string;
  readonly body: Buffer;
  readonly isDurable: boolean;
  /** Asks again when no answer has come for so long; null only after a connection was lost. */
  readonly againAfterMs: number | null;
}

/** By a clock that stands still while a computer sleeps, and by one that people may set. */
export interface Moment {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

export interface Answer {
  readonly body: Buffer;
  /** When the question was sent that this answers. */
  readonly sentAt: Moment;
}

interface Open {
  readonly question: Question;
  readonly signal: AbortSignal | undefined;
  readonly sendings: Map<number, Moment>;
  readonly end: (error: unknown, answer?: Answer) => void;
  isWithBroker: boolean;
  /** How often the broker has said no since it took it last. */
  refusals: number;
  timer?: NodeJS.Timeout;
}

const MOST_SENDINGS = 100;

export class Asker implements Attachment, AsyncDisposable {
  readonly #broker: Broker;
  readonly #open = new Map<string, Open>();
  #queue: string | undefined;
  #isClosed = false;

  private constructor(broker: Broker) {
    this.#broker = broker;
  }

  static async on(broker: Broker): Promise<Asker> {
    const asker = new Asker(broker);
    await broker.attach(asker);
    return asker;
  }

  async attach(session: Session): Promise<void> {
    const channel = await session.channel();
    await session.ask(async () => {
      const queue = await declareAnswers(channel);
      const take = (message: Parameters<Parameters<typeof channel.consume>[1]>[0]): void => {
        if (message === null) session.end(new BrokerNoQueueError(queue));
        else this.#take(message.content, String(message.properties.correlationId));
      };
      await channel.consume(queue, take, { noAck: true });
      this.#queue = queue;
    });
    for (const [id, open] of this.#open) if (open.isWithBroker) this.#send(id, open);
  }

  /**
   * While the queue takes nothing this waits; others that are asked meanwhile may come before it then.
   * @throws the signal's reason, and as `Broker.publish` does otherwise
   */
  async ask(question: Question, signal?: AbortSignal): Promise<Answer> {
    signal?.throwIfAborted();
    if (this.#isClosed) throw new BrokerClosedError();
    return await new Promise<Answer>((resolve, reject) => {
      const id = randomBytes(12).toString('hex');
      const onAbort = (): void => open.end(signal?.reason);
      const open: Open = {
        question,
        signal,
        sendings: new Map(),
        isWithBroker: false,
        refusals: 0,
        end: (error, answer) => {
          if (!this.#open.delete(id)) return;
          clearTimeout(open.timer);
          signal?.removeEventListener('abort', onAbort);
          if (answer === undefined) reject(error);
          else resolve(answer);
        },
      };
      this.#open.set(id, open);
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#send(id, open);
    });
  }

  /** Whoever waits for an answer hears that none will come. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#broker.detach(this);
    for (const open of this.#open.values()) open.end(new BrokerClosedError());
    await Promise.resolve();
  }

  #send(id: string, open: Open): void {
    const { question, signal, sendings } = open;
    open.isWithBroker = false;
    clearTimeout(open.timer);
    const message = {
      exchange: '',
      key: question.to,
      body: question.body,
      isDurable: question.isDurable,
      mustArrive: true,
      properties: () => {
        const number = sendings.size + 1;
        // After so many the moment is taken for that of the last one that was noted: too early, which is the safe side.
        if (number <= MOST_SENDINGS) sendings.set(number, { monotonicMs: performance.now(), wallMs: Date.now() });
        const replyTo = this.#queue === undefined ? {} : { replyTo: this.#queue };
        return { ...replyTo, correlationId: `${id}.${Math.min(number, MOST_SENDINGS)}` };
      },
    };
    this.#broker.publish(message, signal).then(
      () => {
        open.isWithBroker = true;
        open.refusals = 0;
        if (question.againAfterMs !== null && this.#open.has(id))
          open.timer = setTimeout(() => this.#send(id, open), question.againAfterMs);
      },
      (error: unknown) => {
        if (!(error instanceof BrokerQueueFullError)) open.end(error);
        else if (this.#open.has(id)) open.timer = setTimeout(() => this.#send(id, open), pauseAfter(open.refusals++));
      },
    );
  }

  #take(body: Buffer, correlationId: string): void {
    const [id = '', number = ''] = correlationId.split('.');
    const open = this.#open.get(id);
    const sentAt = open?.sendings.get(Number(number));
    if (open !== undefined && sentAt !== undefined) open.end(null, { body, sentAt });
  }
}

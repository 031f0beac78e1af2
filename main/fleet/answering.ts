/** Answers the questions of a queue: each is acknowledged when its answer is with the broker. */
import { GutsError, toErrorInfo, type ErrorInfo } from '../shared/errors.ts';
import type { Broker } from './broker/broker.ts';
import type { Consumer, Delivery } from './broker/consumer.ts';
import type { Declare } from './broker/topology.ts';
import { toBytes } from './message.ts';

export interface AnswerWish<T> {
  readonly declare: Declare;
  readonly prefetch: number;
  /** @throws GutsError, which is the answer then */
  readonly parse: (body: Buffer) => T;
  /** Where it throws a GutsError that is retryable it is called again after a while; else, or without this, that is the answer. */
  readonly waitsOutTrouble: boolean;
  readonly answer: (question: T) => Promise<{ readonly kind: string }>;
}

export async function answerQuestions<T>(broker: Broker, wish: AnswerWish<T>): Promise<Consumer> {
  const { declare, prefetch, parse, waitsOutTrouble, answer } = wish;
  const handle = async (delivery: Delivery): Promise<void> => {
    const reply = await answerTo(() => answer(parse(delivery.body)), waitsOutTrouble);
    if (delivery.replyTo === null) return; // nobody waits for it any more
    await broker.publish(
      {
        exchange: '',
        key: delivery.replyTo,
        body: toBytes(reply),
        isDurable: false,
        mustArrive: false, // who has connected anew has asked anew
        properties: () => (delivery.correlationId === null ? {} : { correlationId: delivery.correlationId }),
      },
      delivery.signal,
    );
  };
  return await broker.consume({ declare, prefetch, handle });
}

async function answerTo(
  ask: () => Promise<{ readonly kind: string }>,
  waitsOutTrouble: boolean,
): Promise<{ readonly kind: string; readonly error?: ErrorInfo }> {
  try {
    return await ask();
  } catch (error) {
    if (waitsOutTrouble && error instanceof GutsError && error.retryable) throw error;
    return { kind: 'failed', error: toErrorInfo(error) };
  }
}

/** What is wished of a node that runs: pause, cancel, drain, bandwidth. Twice is the same as once, so it is asked until there is an answer. */
import { GutsError } from '../shared/errors.ts';
import { Wish, WishAnswer } from '../shared/fleet.ts';
import type { NodeId } from '../shared/schedule.ts';
import { answerQuestions } from './answering.ts';
import type { Asker } from './broker/asker.ts';
import type { Broker } from './broker/broker.ts';
import type { Consumer } from './broker/consumer.ts';
import { BrokerNoQueueError } from './broker/errors.ts';
import { declareWishes, wishesQueue } from './broker/topology.ts';
import { fromBytes, toBytes } from './message.ts';

const AGAIN_AFTER_MS = 5_000;
const IN_HAND = 20;

export class NodeAwayError extends GutsError {
  readonly code = 'fleet.node-away';
  readonly remedy = 'Look whether the worker runs and reaches the broker, then try again.';
  override readonly retryable = true;

  constructor(node: NodeId, options?: ErrorOptions) {
    super(`The node “${node}” is not connected to the broker.`, options);
  }
}

/** A daemon's side. @throws NodeAwayError; the signal's reason, which whoever asks should have: a node may stop at any moment */
export async function askWish(asker: Asker, node: NodeId, wish: Wish, signal: AbortSignal): Promise<WishAnswer> {
  const question = { to: wishesQueue(node), body: toBytes(wish), isDurable: false, againAfterMs: AGAIN_AFTER_MS };
  try {
    const { body } = await asker.ask(question, signal);
    return fromBytes(WishAnswer, body);
  } catch (error) {
    if (error instanceof BrokerNoQueueError) throw new NodeAwayError(node, { cause: error });
    throw error;
  }
}

/** A worker's side, until it is disposed. @param grant throws GutsErrors, which are told */
export async function grantWishes(
  broker: Broker,
  node: NodeId,
  grant: (wish: Wish) => Promise<WishAnswer>,
): Promise<Consumer> {
  return await answerQuestions(broker, {
    declare: declareWishes(node),
    prefetch: IN_HAND,
    parse: (body) => fromBytes(Wish, body),
    waitsOutTrouble: false,
    answer: grant,
  });
}

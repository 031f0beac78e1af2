/** What is told to whoever listens: heartbeats, progress, latencies. What nobody hears is of no use any more, and is not kept. */
import { GutsError } from '../shared/errors.ts';
import { Told } from '../shared/fleet.ts';
import type { Broker } from './broker/broker.ts';
import type { Consumer } from './broker/consumer.ts';
import { Declaration } from './broker/declaration.ts';
import { closed, type Session } from './broker/session.ts';
import { declareTold, declareToldExchange, TOLD_EXCHANGE } from './broker/topology.ts';
import { fromBytes, toBytes } from './message.ts';

const GOOD_FOR_MS = 5_000;
const IN_HAND = 100;

/** A worker's side. */
export class Teller {
  readonly #broker: Broker;

  private constructor(broker: Broker) {
    this.#broker = broker;
  }

  static async on(broker: Broker): Promise<Teller> {
    await broker.attach(new Declaration(declareToldExchange));
    return new Teller(broker);
  }

  /** Whether the broker has it. Never waits for one that is down. */
  async tell(told: Told): Promise<boolean> {
    const { state } = this.#broker;
    if (state.kind === 'down' || state.blocked !== null) return false;
    const message = { exchange: TOLD_EXCHANGE, key: '', body: toBytes(told), isDurable: false, mustArrive: false };
    return await this.#broker.publish(message, AbortSignal.timeout(GOOD_FOR_MS)).then(
      () => true,
      () => false,
    );
  }
}

/** A worker's last word by a connection that is given up then. */
export async function tellBy(session: Session, told: Told): Promise<void> {
  const channel = await session.channel();
  await session.ask(async () => {
    await declareToldExchange(channel);
    channel.publish(TOLD_EXCHANGE, '', toBytes(told));
    await closed(channel); // what was sent before is with the broker then
  });
}

/**
 * A daemon's side, until it is disposed.
 * @param onStrange hears of what cannot be understood, such as the words of a newer Guts
 */
export async function hearTold(
  broker: Broker,
  hear: (told: Told) => void,
  onStrange: (error: GutsError) => void,
): Promise<Consumer> {
  return await broker.consume({
    declare: declareTold,
    prefetch: IN_HAND,
    handle: async ({ body }) => {
      let told: Told;
      try {
        told = fromBytes(Told, body);
      } catch (error) {
        if (!(error instanceof GutsError)) throw error;
        onStrange(error);
        return;
      }
      hear(told);
      await Promise.resolve();
    },
  });
}

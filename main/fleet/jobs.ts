/** Durable work for a node, in a queue of its own. */
import { FleetJob } from '../shared/fleet.ts';
import type { NodeId } from '../shared/schedule.ts';
import type { Broker } from './broker/broker.ts';
import type { Consumer } from './broker/consumer.ts';
import { Declaration, withoutQueue } from './broker/declaration.ts';
import { untilTaken } from './broker/patience.ts';
import { declareJobs, jobsQueue } from './broker/topology.ts';
import { fromBytes, toBytes } from './message.ts';

/** A queue that takes nothing for so long will not soon. */
const REFUSED_FOR_MS = 30_000;

/** A daemon's side. */
export class Jobs {
  readonly #broker: Broker;
  readonly #queues = new Map<NodeId, { readonly declaration: Declaration; readonly made: Promise<void> }>();

  constructor(broker: Broker) {
    this.#broker = broker;
  }

  /** Returns when the broker has it, whether or not the node is there. @throws as `Broker.publish` does */
  async send(node: NodeId, job: FleetJob, signal?: AbortSignal): Promise<void> {
    await this.#make(node);
    const message = { exchange: '', key: jobsQueue(node), body: toBytes(job), isDurable: true, mustArrive: true };
    await untilTaken(async () => await this.#broker.publish(message, signal), REFUSED_FOR_MS, signal);
  }

  /** Of a node that will not come back: its queue goes with everything in it. @throws GutsError */
  async forget(node: NodeId): Promise<void> {
    const queue = this.#queues.get(node);
    if (queue !== undefined) this.#broker.detach(queue.declaration);
    this.#queues.delete(node);
    const removal = withoutQueue(jobsQueue(node));
    await this.#broker.ready();
    await this.#broker.attach(removal);
    this.#broker.detach(removal);
  }

  async #make(node: NodeId): Promise<void> {
    const known = this.#queues.get(node);
    if (known !== undefined) return await known.made;
    const declaration = new Declaration(declareJobs(node));
    const made = this.#broker.attach(declaration);
    this.#queues.set(node, { declaration, made });
    try {
      await made;
    } catch (error) {
      this.#queues.delete(node);
      throw error;
    }
  }
}

export interface JobWish {
  readonly node: NodeId;
  /** Jobs that are being taken at the same time. */
  readonly slots: number;
  /**
   * Returns when the job is written down here, and the truth knows that it is taken: only then is it acknowledged. It may come twice.
   * @throws GutsError: a retryable one is tried again after a while; with any other the job is laid aside
   */
  readonly take: (job: FleetJob) => Promise<void>;
}

/** A worker's side, until it is disposed. */
export async function takeJobs(broker: Broker, { node, slots, take }: JobWish): Promise<Consumer> {
  return await broker.consume({
    declare: declareJobs(node),
    prefetch: slots,
    handle: async ({ body }) => await take(fromBytes(FleetJob, body)),
  });
}

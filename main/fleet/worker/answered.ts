/** Notices that no daemon has anything to say to a worker: a daemon tells each that it lets in at once where to look. */
import { GutsError } from '../../shared/errors.ts';
import type { Broker } from '../broker/broker.ts';
import { Declaration } from '../broker/declaration.ts';
import { TRUTH_QUEUE } from '../broker/topology.ts';

/** Well beyond what a daemon takes that has just heard the first heartbeat. */
export const ANSWERED_WITHIN_MS = 20_000;

export class NoDaemonError extends GutsError {
  readonly code = 'fleet.no-daemon';
  readonly remedy =
    'Look whether the daemon runs, and was given this virtual host of the broker. The worker begins by itself when it is there.';
  override readonly retryable = true;

  constructor() {
    super('No daemon has answered this worker, and none is connected to this virtual host of the broker.');
  }
}

export class NotAnsweredError extends GutsError {
  readonly code = 'fleet.not-answered';
  readonly remedy =
    'Look what the daemon’s log says of this worker. Write the key anew on the daemon’s machine (“guts node key”) and start the worker with that; give it a name of its own (--name) where the daemon’s own machine is called so; and look whether another daemon has this virtual host.';
  override readonly retryable = true;

  constructor() {
    super(
      'A daemon is connected to the broker, and does not answer this worker: its join key may be another daemon’s, or its name the daemon’s own.',
    );
  }
}

export class Answered {
  readonly #broker: Broker;
  readonly #onChange: (why: GutsError | null) => void;
  #isAnswered = false;
  #toldCode: string | null = null;

  /** @param onChange why there is no answer, each time that is another reason; null when there is one after all */
  constructor(broker: Broker, onChange: (why: GutsError | null) => void) {
    this.#broker = broker;
    this.#onChange = onChange;
  }

  /** A daemon has wished something. */
  hear(): void {
    if (this.#isAnswered) return;
    this.#isAnswered = true;
    if (this.#toldCode !== null) this.#onChange(null);
  }

  /** Called now and then. */
  async look(): Promise<void> {
    if (this.#isAnswered || this.#broker.state.kind === 'down') return;
    const readers = await this.#readers();
    if (readers === null || this.#wasAnswered()) return;
    const why = readers === 0 ? new NoDaemonError() : new NotAnsweredError();
    if (why.code === this.#toldCode) return;
    this.#toldCode = why.code;
    this.#onChange(why);
  }

  /** Asked anew: it may have come meanwhile. */
  #wasAnswered(): boolean {
    return this.#isAnswered;
  }

  /** Daemons that read what workers ask; null where the connection is lost. */
  async #readers(): Promise<number | null> {
    let readers: number | null = null;
    const looking = new Declaration(async (channel) => {
      readers = (await channel.checkQueue(TRUTH_QUEUE)).consumerCount;
    });
    await this.#broker.attach(looking);
    this.#broker.detach(looking);
    return readers;
  }
}

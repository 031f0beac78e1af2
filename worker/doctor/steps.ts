/** What was seen so far, told at once to whoever follows; and how a look becomes a step, also one that failed. */
import { firstOf, GutsError } from '../../main/shared/errors.ts';
import type { DoctorGroup, DoctorStep } from '../../main/shared/doctor.ts';

export interface Seen {
  readonly verdict: DoctorStep['verdict'];
  readonly says: string;
  readonly remedy?: string;
  readonly evidence?: readonly string[];
}

export class Steps {
  readonly all: DoctorStep[] = [];
  readonly #tell: (step: DoctorStep) => void;
  readonly #signal: AbortSignal;

  constructor(tell: (step: DoctorStep) => void, signal: AbortSignal) {
    this.#tell = tell;
    this.#signal = signal;
  }

  /** Whether that was looked at already: two services on one host have one name. */
  has(group: DoctorGroup, about: string): boolean {
    return this.all.some(({ id }) => id === idOf(group, about));
  }

  add(group: DoctorGroup, about: string, seen: Seen, milliseconds = 0): DoctorStep {
    const { verdict, says, remedy = null, evidence = [] } = seen;
    const step: DoctorStep = {
      id: idOf(group, about),
      group,
      about,
      verdict,
      says,
      remedy,
      milliseconds: Math.round(milliseconds),
      evidence: [...evidence],
    };
    this.all.push(step);
    this.#tell(step);
    return step;
  }

  /** Looks, and writes down what was seen; an error that can be explained is what was seen, too. */
  async look(group: DoctorGroup, about: string, act: () => Promise<Seen>): Promise<DoctorStep> {
    const { seen, milliseconds } = await this.see(act);
    return this.add(group, about, seen, milliseconds);
  }

  /** The same, for whoever has to see more before it can be said. */
  async see(act: () => Promise<Seen>): Promise<{ readonly seen: Seen; readonly milliseconds: number }> {
    const beganMs = performance.now();
    const seen = await act().catch((error: unknown) => this.failed(error));
    this.#signal.throwIfAborted();
    return { seen, milliseconds: performance.now() - beganMs };
  }

  /** @throws what nobody can explain, and the reason of whoever cancelled */
  failed(thrown: unknown, verdict: Seen['verdict'] = 'bad'): Seen {
    this.#signal.throwIfAborted();
    const error = firstOf(thrown);
    if (!(error instanceof GutsError)) throw error;
    return { verdict, says: error.message, remedy: error.remedy, evidence: [error.code] };
  }
}

const idOf = (group: DoctorGroup, about: string): string => `${group}/${about}`;

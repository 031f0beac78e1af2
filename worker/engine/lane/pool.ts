/** A fixed number of lanes on the same memory, for as long as one copy takes. */
import { giveLaneBack, takeLane } from './idle.ts';
import type { Lane } from './lane.ts';
import type { LaneMemory } from './protocol.ts';

export class LanePool implements AsyncDisposable {
  readonly lanes: readonly Lane[];

  constructor(count: number, memory: LaneMemory) {
    this.lanes = Array.from({ length: count }, takeLane);
    for (const lane of this.lanes) lane.work(memory);
  }

  /** The lane with the least to do. */
  idlest(): Lane {
    const [first, ...rest] = this.lanes;
    if (first === undefined) throw new Error('A pool has at least one lane.');
    return rest.reduce((best, lane) => (lane.load < best.load ? lane : best), first);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.lanes.map(giveLaneBack));
  }
}

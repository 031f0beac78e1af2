/** The rates of this process's engines, as the scheduler sets them. */
import type { RateTable } from './scheduler/bandwidth.ts';

export class Rates implements RateTable {
  readonly size: number;

  constructor(buckets: number) {
    this.size = buckets;
  }

  set(): void {}
}

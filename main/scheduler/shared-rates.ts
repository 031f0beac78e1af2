/** The rates of the engines of this process, in memory that they share. */
import { makeRates, setRate } from '../shared/rates.ts';
import type { RateTable } from './buckets.ts';

/** One for everything, one for each source, one for each migration that runs. */
const BUCKETS = 4096;

export class SharedRates implements RateTable {
  readonly size = BUCKETS;
  /** For engines. */
  readonly table = makeRates(BUCKETS);

  set(bucket: number, bytesPerSecond: number | null): void {
    setRate(this.table, bucket, bytesPerSecond ?? 0);
  }
}

/**
 * Limits of bandwidth that all engines of a process share: a table in shared memory, in which whoever holds it may change a
 * rate at any time. The limit of everything, of a source and of a migration are buckets of one table, each by its place.
 */

/** For each bucket: bytes a second, and the time at which it was empty last, in nanoseconds of the process's clock. */
const WORDS = 2;

/** @returns buckets without limits */
export function makeRates(buckets: number): SharedArrayBuffer {
  return new SharedArrayBuffer(buckets * WORDS * BigInt64Array.BYTES_PER_ELEMENT);
}

/** Takes effect within a second, also on what waits already. 0 is no limit. */
export function setRate(rates: SharedArrayBuffer, bucket: number, bytesPerSecond: number): void {
  if (!Number.isSafeInteger(bytesPerSecond) || bytesPerSecond < 0)
    throw new RangeError(`${bytesPerSecond} bytes a second are no rate`);
  Atomics.store(new BigInt64Array(rates), wordOf(rates, bucket), BigInt(bytesPerSecond));
}

export function rateOf(rates: SharedArrayBuffer, bucket: number): number {
  return Number(Atomics.load(new BigInt64Array(rates), wordOf(rates, bucket)));
}

/** The bucket's first word; the other one follows. @throws RangeError where the table has no such bucket */
export function wordOf(rates: SharedArrayBuffer, bucket: number): number {
  const word = bucket * WORDS;
  const words = rates.byteLength / BigInt64Array.BYTES_PER_ELEMENT;
  if (!Number.isSafeInteger(bucket) || bucket < 0 || word + WORDS > words)
    throw new RangeError(`the table of rates has no bucket ${bucket}`);
  return word;
}

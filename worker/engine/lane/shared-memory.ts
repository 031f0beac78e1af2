/**
 * Memory that copies share with their lanes, one copy after the other. It cannot be freed by hand, and the collector of
 * unused objects does not see how large it is: an engine that took new memory for every copy would grow by all of it.
 */

/** What one copy with four lanes takes; so much is kept in any case. */
const MOST_IDLE_BYTES = 64 * 1024 * 1024;
/** After so many pieces were given back, what was in use at once before them is forgotten; a copy has four. */
const ROUND = 256;
/** Let go of by copies, the one that was used last at the end. */
const idle: SharedArrayBuffer[] = [];
let inUseBytes = 0;
/** The most that was in use at once: copies side by side, again and again, must find what the last ones let go of. */
const peakBytes = { thisRound: 0, lastRound: 0 };
let given = 0;

/** Memory of exactly `bytes`, with anything in it. */
export function takeShared(bytes: number): SharedArrayBuffer {
  inUseBytes += bytes;
  peakBytes.thisRound = Math.max(peakBytes.thisRound, inUseBytes);
  const at = idle.findLastIndex((one) => one.byteLength === bytes);
  const [kept] = at < 0 ? [] : idle.splice(at, 1);
  return kept ?? new SharedArrayBuffer(bytes);
}

/** Takes memory back. Nobody may read or write it any more: the next copy will. */
export function giveSharedBack(memory: SharedArrayBuffer): void {
  if (memory.byteLength === 0) return;
  inUseBytes -= memory.byteLength;
  idle.push(memory);
  if (++given % ROUND === 0) {
    peakBytes.lastRound = peakBytes.thisRound;
    peakBytes.thisRound = inUseBytes;
  }
  const mostBytes = Math.max(MOST_IDLE_BYTES, peakBytes.thisRound, peakBytes.lastRound);
  let kept = idle.reduce((sum, one) => sum + one.byteLength, inUseBytes);
  while (kept > mostBytes) kept -= idle.shift()?.byteLength ?? kept;
}

/**
 * Memory that copies share with their lanes, one copy after the other. It cannot be freed by hand, and the collector of
 * unused objects does not see how large it is: an engine that took new memory for every copy would grow by all of it.
 */

/** More than this is not kept: what one copy with four lanes takes. */
const MOST_IDLE_BYTES = 64 * 1024 * 1024;
/** Let go of by copies, the one that was used last at the end. */
const idle: SharedArrayBuffer[] = [];

/** Memory of exactly `bytes`, with anything in it. */
export function takeShared(bytes: number): SharedArrayBuffer {
  const at = idle.findLastIndex((one) => one.byteLength === bytes);
  const [kept] = at < 0 ? [] : idle.splice(at, 1);
  return kept ?? new SharedArrayBuffer(bytes);
}

/** Takes memory back. Nobody may read or write it any more: the next copy will. */
export function giveSharedBack(memory: SharedArrayBuffer): void {
  if (memory.byteLength === 0) return;
  idle.push(memory);
  let kept = idle.reduce((sum, one) => sum + one.byteLength, 0);
  while (kept > MOST_IDLE_BYTES) kept -= idle.shift()?.byteLength ?? kept;
}

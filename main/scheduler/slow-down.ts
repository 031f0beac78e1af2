/** Decides how fast a datastore is read from, by how long reads from it take: half as fast as long as that is too long. */

/** How the back-off is paced; stories have their own. */
export interface Pace {
  /** Hosts of vSphere count in steps of this. */
  readonly everyMs: number;
  /** Reads have been quick for so long: it may go faster by a step. */
  readonly calmMs: number;
}
export const usualPace: Pace = { everyMs: 20_000, calmMs: 60_000 };

/** Slower than this nothing would ever arrive. */
export const LEAST_BYTES_PER_SECOND = 1024 ** 2;
/** Where nothing was sent yet by which to judge. */
const SUPPOSED_BYTES_PER_SECOND = 64 * 1024 ** 2;
/** Between this share of what is too long and the whole of it nothing changes, so that it does not swing. */
const CALM_SHARE = 0.8;

/** A datastore that is read from more slowly than it could be. */
export interface SlowDown {
  readonly bytesPerSecond: number;
  /** As it was before; when it is that fast again, it needs no limit. */
  readonly fullBytesPerSecond: number;
  /** How long reads took when it was slowed last. */
  readonly milliseconds: number;
  /** Since when they have been quick; null where they are not. */
  readonly calmSinceMs: number | null;
}

export interface LatencySample {
  /** Null where nobody knows: that slows nothing, and does not keep slow what was slowed. */
  readonly milliseconds: number | null;
  /** More is too long. */
  readonly mostMs: number;
  readonly nowMs: number;
  /** At which it is read from now; 0 where that is not known. */
  readonly bytesPerSecond: number;
}

/** @returns null where it may be read from as fast as it can */
export function slowDownAfter(before: SlowDown | null, sample: LatencySample, { calmMs }: Pace): SlowDown | null {
  const { milliseconds, mostMs, nowMs } = sample;
  if (milliseconds !== null && milliseconds > mostMs) return slower(before, milliseconds, sample.bytesPerSecond);
  if (before === null) return null;
  const isCalm = milliseconds === null || milliseconds < CALM_SHARE * mostMs;
  if (!isCalm) return { ...before, calmSinceMs: null };
  const calmSinceMs = before.calmSinceMs ?? nowMs;
  if (nowMs - calmSinceMs < calmMs) return { ...before, calmSinceMs };
  const bytesPerSecond = 2 * before.bytesPerSecond;
  return bytesPerSecond >= before.fullBytesPerSecond ? null : { ...before, bytesPerSecond, calmSinceMs: nowMs };
}

/** Half of what goes really: a limit that nothing comes near would slow nothing. */
function slower(before: SlowDown | null, milliseconds: number, goes: number): SlowDown {
  const full = before?.fullBytesPerSecond ?? (goes > 0 ? goes : SUPPOSED_BYTES_PER_SECOND);
  const now = before === null ? full : Math.min(before.bytesPerSecond, goes > 0 ? goes : Infinity);
  const bytesPerSecond = Math.max(LEAST_BYTES_PER_SECOND, Math.round(now / 2));
  const isLess = before === null || bytesPerSecond < before.bytesPerSecond;
  return {
    bytesPerSecond: isLess ? bytesPerSecond : before.bytesPerSecond,
    fullBytesPerSecond: full,
    milliseconds: isLess ? milliseconds : before.milliseconds,
    calmSinceMs: null,
  };
}

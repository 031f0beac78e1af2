/** How long a plan will take, by what migrations before it have taken. */
import type { MigrationRecord } from '../migration.ts';

/** One that is over: how much it moved, and how long that took from its start to its end. */
export interface Measured {
  readonly bytes: number;
  readonly seconds: number;
}

/** From when it left the queue; null where it is not done. */
export function measuredOf({ stages, plan }: Pick<MigrationRecord, 'stages' | 'plan'>): Measured | null {
  const began = stages.find(({ stage }) => stage === 'preparing')?.at;
  const ended = stages.find(({ stage }) => stage === 'done')?.at;
  if (began === undefined || ended === undefined || plan === null) return null;
  const bytes = plan.disks.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return { bytes, seconds: (Date.parse(ended) - Date.parse(began)) / 1000 };
}

/** Bytes of disks that a migration moves in a second, all its stages included; null where nothing was measured. */
export function measuredRate(done: readonly Measured[]): number | null {
  const told = done.filter(({ bytes, seconds }) => bytes > 0 && seconds > 0);
  if (told.length === 0) return null;
  const seconds = told.reduce((sum, one) => sum + one.seconds, 0);
  return told.reduce((sum, one) => sum + one.bytes, 0) / seconds;
}

/**
 * Waves go one after another; within one, so many machines run side by side, and none is faster than its own size allows.
 * @param waves sizes of the machines of each, in bytes
 */
export function forecastSeconds(waves: readonly (readonly number[])[], bytesPerSecond: number, atOnce: number): number {
  const secondsOf = (sizes: readonly number[]): number => {
    const lanes = Array.from({ length: Math.max(1, Math.min(atOnce, sizes.length)) }, () => 0);
    for (const size of [...sizes].sort((a, b) => b - a)) {
      const idlest = lanes.indexOf(Math.min(...lanes));
      lanes[idlest] = (lanes[idlest] ?? 0) + size / bytesPerSecond;
    }
    return Math.max(...lanes);
  };
  return waves.reduce((sum, sizes) => sum + (sizes.length === 0 ? 0 : secondsOf(sizes)), 0);
}

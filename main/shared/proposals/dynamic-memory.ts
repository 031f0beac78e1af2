/** How much memory counts for a machine of Hyper-V, whose memory may be dynamic while a server’s is fixed. */

export interface MemorySettings {
  readonly isDynamic: boolean;
  readonly startup: number;
  readonly maximum: number;
  /** What it has as it runs; 0 while it is off, and left out where nobody tells. */
  readonly assigned?: number | undefined;
}

/** 1,048,576 MB, which Hyper-V fills in where nobody says a maximum. */
export const UNSET_MAXIMUM = 2 ** 40;

/** The most that somebody said it may have; where nobody did, what it starts with, or has got by now. In bytes. */
export function memoryThatCounts({ isDynamic, startup, maximum, assigned = 0 }: MemorySettings): number {
  if (!isDynamic) return startup;
  return Math.max(startup, maximum === UNSET_MAXIMUM ? assigned : maximum);
}

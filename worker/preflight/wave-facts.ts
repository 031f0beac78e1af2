/** What is known when the rules of a whole wave are held against it: its machines together, and what a cloud has for them. */
import type { Rehearsal } from '../../main/shared/rehearsal.ts';

export interface WaveFacts extends Pick<
  Rehearsal,
  'takenAt' | 'quota' | 'flavors' | 'subnets' | 'storage' | 'twins' | 'times' | 'torn' | 'leftovers'
> {
  /** Those of the wave itself, each with its own findings. */
  readonly machines: Rehearsal['machines'];
  /** Findings that warn and were not accepted, by the machine's ref. */
  readonly unaccepted: ReadonlyMap<string, readonly string[]>;
  /** Volumes that are larger than the project may have a single one. */
  readonly tooLarge: readonly string[];
  /** The wave of each machine that another Guts has and is not done with, those of earlier waves among them. */
  readonly elsewhere: readonly number[];
  /** Server groups that may not have as many servers as they would get. */
  readonly fullGroups: readonly string[];
}

/** What a rule of preflight is: one fact that it finds, its weight, and the way out. */
import type { Fix, Severity } from '../../main/shared/preflight.ts';

/** A rule’s chapter in the manual. */
export type RuleGroup =
  | 'source'
  | 'machine'
  | 'disks'
  | 'snapshots'
  | 'networks'
  | 'guest'
  | 'hardware'
  | 'hyperv'
  | 'cloud'
  | 'plan'
  | 'site';

export interface Rule<Facts> {
  /** Stable; see `Finding`. */
  readonly id: string;
  readonly group: RuleGroup;
  readonly severity: Severity;
  /** It blocks for prudence: the move itself would work, so a site may let it weigh less. Others that block stay so. */
  readonly mayBeLowered?: true;
  /**
   * Why it cannot be held against these facts, in a few words: what it is about is not there, or the source does not tell.
   * Left out where it always can be.
   */
  isBeside?(facts: Facts): string | null;
  /** What it concerns, each in a few words with figures; nothing when all is well. */
  finds(facts: Facts): readonly string[];
  readonly says: string;
  readonly remedy: string;
  /** What Guts can do about it itself, where it can. Asked only where something was found. */
  fix?(facts: Facts): Fix | null;
  /** Its paragraph in the manual, in Markdown: what is found and what to do, for the command line as well. */
  readonly manual: string;
}

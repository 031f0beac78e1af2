/** What a rule is proved by: facts of which it finds something, facts that are well, facts that it says nothing about. */
import type { Fix } from '../../../main/shared/preflight.ts';

export interface RuleCases<Given> {
  /** With what it must find in each, and what Guts can do about it (null: nothing); left out where it is not asked. */
  readonly found: readonly { readonly given: Given; readonly about: readonly string[]; readonly fix?: Fix | null }[];
  /** It is held against each of these, and finds nothing. */
  readonly quiet: readonly Given[];
  /** It is not held against these, and says why: of every rule that has an `isBeside`. */
  readonly beside?: readonly { readonly given: Given; readonly why: string }[];
}

/** By the rule’s id. One file for each group of rules; a test reads all files of the folder. */
export type Cases<Given> = Readonly<Record<string, RuleCases<Given>>>;

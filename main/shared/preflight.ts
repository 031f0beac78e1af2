/** The words for what is checked before a migration starts: findings, their weight, and what to do about each. */
import { z } from 'zod';
import { MigrationOptions } from './migration-options.ts';

/** `blocks` stops the migration, `warns` wants a look before it starts, `informs` is good to know afterwards. */
export const Severity = z.enum(['blocks', 'warns', 'informs']);
export type Severity = z.infer<typeof Severity>;

/** What Guts can do about a finding itself, once somebody says so. */
export const Fix = z.discriminatedUnion('kind', [
  /** Only what is asked for changes: these options of this machine. */
  z.object({ kind: z.literal('options'), says: z.string().min(1), options: MigrationOptions.partial() }),
  /** Turns on change tracking of the machine at its source. */
  z.object({ kind: z.literal('trackChanges'), says: z.string().min(1) }),
  /** Removes these ports of the cloud, which an earlier try of Guts left. */
  z.object({
    kind: z.literal('removePorts'),
    says: z.string().min(1),
    ports: z.array(z.object({ id: z.string(), name: z.string() })).min(1),
  }),
]);
export type Fix = z.infer<typeof Fix>;

export const Finding = z.object({
  /** Stable, such as `DSK-22`; the manual has a paragraph under it. */
  id: z.string().regex(/^[A-Z]{2,4}-\d{2,3}[a-z]?$/),
  severity: Severity,
  /** What was found, in one sentence. */
  says: z.string().min(1),
  /** Where: disks, network cards, paths, with figures. */
  about: z.array(z.string().min(1)).min(1),
  /** For the operator, in the imperative. */
  remedy: z.string().min(1),
  /** Left out where Guts can do nothing about it. */
  fix: Fix.optional(),
});
export type Finding = z.infer<typeof Finding>;

/** A rule as such, whatever it is held against. */
export const RuleFacts = z.object({
  id: Finding.shape.id,
  /** Its chapter in the manual. */
  group: z.string(),
  severity: Severity,
  /** It blocks since the move cannot work: no site may weaken it. */
  isHard: z.boolean(),
  says: z.string().min(1),
  remedy: z.string().min(1),
  /** Whether there are cases in which Guts can do something about it. */
  mayHaveFix: z.boolean(),
});
export type RuleFacts = z.infer<typeof RuleFacts>;

/** Whether nothing that was found stops the migration. */
export function mayStart(findings: readonly Finding[]): boolean {
  return findings.every((finding) => finding.severity !== 'blocks');
}

/** A rule that could not be held against a machine, and why: what it is about is not there, or nobody tells. */
export const NotHeld = z.object({ id: Finding.shape.id, why: z.string().min(1) });
export type NotHeld = z.infer<typeof NotHeld>;

/** Everything that holding the rules against one machine gave. */
export const Checked = z.object({
  findings: z.array(Finding),
  notHeld: z.array(NotHeld),
  /** Ids of the rules that were held and found nothing. */
  passed: z.array(Finding.shape.id),
});
export type Checked = z.infer<typeof Checked>;

/** Where the manual explains a rule. */
export const manualAnchorOf = (id: string): string => `preflight.md#${id.toLowerCase()}`;

/** The words for what is checked before a migration starts: findings, their weight, and what to do about each. */
import { z } from 'zod';

/** `blocks` stops the migration, `warns` wants a look before it starts, `informs` is good to know afterwards. */
export const Severity = z.enum(['blocks', 'warns', 'informs']);
export type Severity = z.infer<typeof Severity>;

export const Finding = z.object({
  /** Stable, such as `DSK-22`; the manual has a paragraph under it. */
  id: z.string().regex(/^[A-Z]{2,3}-\d{2}[a-z]?$/),
  severity: Severity,
  /** What was found, in one sentence. */
  says: z.string().min(1),
  /** Where: disks, network cards, paths, with figures. */
  about: z.array(z.string().min(1)).min(1),
  /** For the operator, in the imperative. */
  remedy: z.string().min(1),
});
export type Finding = z.infer<typeof Finding>;

/** Whether nothing that was found stops the migration. */
export function mayStart(findings: readonly Finding[]): boolean {
  return findings.every((finding) => finding.severity !== 'blocks');
}

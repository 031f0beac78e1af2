/** The words of a site's own rules for preflight (`preflight.yaml`): what it weighs otherwise, what it leaves out, what it adds. */
import { z } from 'zod';
import { nearestName } from './nearest-name.ts';
import { Severity } from './preflight.ts';

const MOST_RULES = 200;
const MOST_PATTERNS = 200;

const Pattern = z.string().min(1).max(255).describe('* is any text, ? any letter; case does not matter');
/** One of them is enough. */
const Text = z.union([Pattern, z.array(Pattern).min(1).max(MOST_PATTERNS)]);
const Bounds = z
  .strictObject({ above: z.number(), below: z.number(), atLeast: z.number(), atMost: z.number() })
  .partial()
  .refine((bounds) => Object.keys(bounds).length > 0, 'needs above, below, atLeast or atMost');
const Figure = z.union([z.number(), Bounds]);

const fields = {
  name: Text.optional(),
  folder: Text.optional(),
  datacenter: Text.optional(),
  cluster: Text.optional(),
  guestOs: Text.optional().describe('the source’s id of the operating system, or its name in words'),
  hostName: Text.optional().describe('the name that the guest gives itself'),
  annotation: Text.optional(),
  tags: Text.optional().describe('Category:Name; one of the machine’s tags has to fit'),
  networks: Text.optional().describe('one of its cards is on such a network of the source'),
  datastores: Text.optional().describe('one of its disks lies there'),
  power: z.enum(['on', 'off', 'suspended', 'unknown']).optional(),
  firmware: z.enum(['bios', 'uefi']).optional(),
  tools: z.enum(['running', 'stopped', 'missing', 'unknown']).optional(),
  cpus: Figure.optional(),
  memoryGiB: Figure.optional(),
  disks: Figure.optional().describe('how many'),
  largestDiskGiB: Figure.optional(),
  allDisksGiB: Figure.optional(),
  cards: Figure.optional().describe('how many network cards'),
  snapshots: Figure.optional().describe('how many'),
  hardwareVersion: Figure.optional().describe('of vSphere: 19 for vmx-19'),
  isTemplate: z.boolean().optional(),
  secureBoot: z.boolean().optional(),
  hasTpm: z.boolean().optional(),
  changeTracking: z.boolean().optional(),
};
export type ConditionFields = z.infer<z.ZodObject<typeof fields>>;

/** Everything in one has to hold. */
export interface Condition extends ConditionFields {
  readonly all?: readonly Condition[] | undefined;
  readonly any?: readonly Condition[] | undefined;
  readonly not?: Condition | undefined;
}

export const Condition: z.ZodType<Condition> = z
  .lazy(() =>
    z
      .strictObject({
        ...fields,
        all: z.array(Condition).min(1).max(MOST_RULES).optional(),
        any: z.array(Condition).min(1).max(MOST_RULES).optional(),
        not: Condition.optional(),
      })
      .refine((condition) => Object.keys(condition).length > 0, 'needs something that has to hold'),
  )
  .meta({ id: 'Condition', description: 'everything in it has to hold' });

export const SiteRule = z.strictObject({
  id: z
    .string()
    .regex(/^SITE-\d{2,3}$/, 'has to be like SITE-01')
    .describe('of the site: SITE-01'),
  severity: Severity,
  says: z.string().min(1).max(1000).describe('what was found, in one sentence'),
  remedy: z.string().min(1).max(1000).describe('what to do about it, in the imperative'),
  when: Condition,
});
export type SiteRule = z.infer<typeof SiteRule>;

export const SiteRules = z.strictObject({
  severities: z.record(z.string(), Severity).default({}).describe('what weighs otherwise here, by the rule’s id'),
  off: z
    .record(z.string(), z.string().min(1).max(1000))
    .default({})
    .describe('rules that are not held here, by their ids, each with the reason'),
  rules: z.array(SiteRule).max(MOST_RULES).default([]).describe('the site’s own'),
});
export type SiteRules = z.infer<typeof SiteRules>;

export const noSiteRules: SiteRules = { severities: {}, off: {}, rules: [] };

/** What has to be known of a rule to tell whether a site may change it. */
export interface KnownRule {
  readonly id: string;
  /** As Guts has it. */
  readonly severity: Severity;
  /** It blocks since the move cannot work. */
  readonly isHard: boolean;
}

/** The same where only rules are named that there are, and none that has to block is weakened. */
export const siteRulesFor = (known: readonly KnownRule[]): z.ZodType<SiteRules> =>
  SiteRules.superRefine(({ severities, off, rules }, context) => {
    const wrong = (path: (string | number)[], message: string): void =>
      context.addIssue({ code: 'custom', path, message });
    const demandKnown = (path: readonly [string, string], isWeaker: boolean): void => {
      const [, id] = path;
      const rule = known.find((one) => one.id === id);
      if (rule === undefined) wrong([...path], unknownText(id, known));
      else if (rule.isHard && isWeaker)
        wrong(
          [...path],
          `${id} has to block: a move in spite of it cannot work, so it can be neither lowered nor left out`,
        );
    };
    for (const [id, severity] of Object.entries(severities)) demandKnown(['severities', id], severity !== 'blocks');
    for (const id of Object.keys(off)) {
      demandKnown(['off', id], true);
      if (Object.hasOwn(severities, id)) wrong(['off', id], `${id} is given a severity, too`);
    }
    for (const [index, { id }] of rules.entries())
      if (rules.findIndex((other) => other.id === id) < index) wrong(['rules', index, 'id'], `${id} is there twice`);
  });

function unknownText(id: string, known: readonly KnownRule[]): string {
  const near = nearestName(
    id,
    known.map((one) => one.id),
  );
  return `there is no rule ${id}${near === null ? '' : `; did you mean ${near}?`}`;
}

/** What has changed in a data centre between two assessments of it: machines that came, went, grew or became readier. */
import { z } from 'zod';
import { pairsOf } from './assessed/pairs.ts';
import { AssessedRule, AssessmentReadiness, type AssessedMachine, type Assessment } from './assessment.ts';
import { GutsError } from './errors.ts';
import { isNameless } from './estate.ts';

const Count = z.number().int().nonnegative();
const Side = z.object({
  from: z.array(z.string()),
  takenAt: z.iso.datetime({ offset: true }).nullable(),
  machines: Count,
  cpus: Count,
  memoryMiB: Count,
  diskGiB: Count,
  readiness: z.record(AssessmentReadiness, Count),
});

const One = z.object({
  name: z.string(),
  cpus: Count,
  memoryMiB: Count,
  diskGiB: Count,
  readiness: AssessmentReadiness,
});

const Value = z.union([z.string(), z.number()]);
export const MachineChange = z.object({
  of: z.enum([
    'name',
    'power',
    'cpus',
    'memoryMiB',
    'diskGiB',
    'disks',
    'networks',
    'snapshots',
    'readiness',
    'findings',
  ]),
  before: Value,
  after: Value,
});
export type MachineChange = z.infer<typeof MachineChange>;

/** In how many machines a rule found something, where that is another number now. */
export const RuleChange = AssessedRule.pick({ id: true, severity: true, says: true }).extend({
  before: Count,
  after: Count,
});
export type RuleChange = z.infer<typeof RuleChange>;

/** Why a comparison may not be what somebody wanted: both are of one moment, the one before is newer, no machine is in both, nothing differs. */
export const ComparisonDoubt = z.enum(['sameMoment', 'newerBefore', 'nothingInCommon', 'nothingDiffers']);
export type ComparisonDoubt = z.infer<typeof ComparisonDoubt>;

export const Comparison = z.object({
  doubt: ComparisonDoubt.nullable(),
  before: Side,
  after: Side,
  added: z.array(One),
  gone: z.array(One),
  changed: z.array(z.object({ name: z.string(), changes: z.array(MachineChange).min(1) })),
  unchanged: Count,
  rules: z.array(RuleChange),
});
export type Comparison = z.infer<typeof Comparison>;

type Compared = Pick<Assessment, 'estate' | 'totals' | 'readiness' | 'networks' | 'rules' | 'machines'>;

/** Names that were taken for it are numbers in the order of one export: in another the same number is another machine. */
export class NamelessComparisonError extends GutsError {
  readonly code = 'assessment.nameless-comparison';
  readonly remedy =
    'Compare the exports themselves, with their names on both sides. What has no names any more can be judged alone.';

  constructor(from: readonly string[]) {
    super(
      `“${from.join('”, “')}” has no names any more, so nothing tells which of its machines is which in another export.`,
    );
  }
}

/** @throws NamelessComparisonError */
export function compareAssessments(before: Compared, after: Compared): Comparison {
  for (const { estate, machines } of [before, after])
    if (machines.length > 0 && machines.every(({ ref }) => isNameless(ref)))
      throw new NamelessComparisonError(estate.from);
  const pairs = pairsOf(before, after);
  const had = new Set(pairs.map(([one]) => one));
  const has = new Set(pairs.map(([, one]) => one));
  const changed = pairs
    .map(([was, is]) => ({ name: is.name, changes: changesOf(was, namesOn(was, before), is, namesOn(is, after)) }))
    .filter(({ changes }) => changes.length > 0);
  return {
    doubt: doubtOf(before, after, { same: pairs.length, changed: changed.length }),
    before: sideOf(before),
    after: sideOf(after),
    added: after.machines.filter((one) => !has.has(one)).map(oneOf),
    gone: before.machines.filter((one) => !had.has(one)).map(oneOf),
    changed,
    unchanged: pairs.length - changed.length,
    rules: ruleChanges(before.rules, after.rules),
  };
}

function doubtOf(before: Compared, after: Compared, pairs: { same: number; changed: number }): ComparisonDoubt | null {
  const [was, is] = [before.estate.takenAt, after.estate.takenAt].map((at) => (at === null ? NaN : Date.parse(at)));
  const [had, has] = [before.machines.length, after.machines.length];
  if (had > 0 && has > 0 && pairs.same === 0) return 'nothingInCommon';
  if (was === is) return 'sameMoment';
  if (was !== undefined && is !== undefined && was > is) return 'newerBefore';
  const isSame = had > 0 && had === has && pairs.same === had && pairs.changed === 0;
  return isSame && (Number.isNaN(was) || Number.isNaN(is)) ? 'nothingDiffers' : null;
}

/** In the order of now, and behind them those that find nothing any more. */
function ruleChanges(before: readonly AssessedRule[], after: readonly AssessedRule[]): RuleChange[] {
  const had = new Map(before.map(({ id, machines }) => [id, machines]));
  const has = new Map(after.map(({ id, machines }) => [id, machines]));
  return [...after, ...before.filter(({ id }) => !has.has(id))]
    .map(({ id, severity, says }) => ({ id, severity, says, before: had.get(id) ?? 0, after: has.get(id) ?? 0 }))
    .filter((rule) => rule.before !== rule.after);
}

function changesOf(was: AssessedMachine, wasOn: string, is: AssessedMachine, isOn: string): MachineChange[] {
  const fields = ['name', 'power', 'cpus', 'memoryMiB', 'diskGiB', 'disks', 'snapshots', 'readiness'] as const;
  const changes: MachineChange[] = fields
    .filter((of) => was[of] !== is[of])
    .map((of) => ({ of, before: was[of], after: is[of] }));
  if (wasOn !== isOn) changes.push({ of: 'networks', before: wasOn, after: isOn });
  const [found, finds] = [rulesOf(was), rulesOf(is)];
  if (found !== finds) changes.push({ of: 'findings', before: found, after: finds });
  return changes;
}

const namesOn = ({ networks }: AssessedMachine, { networks: all }: Pick<Compared, 'networks'>): string =>
  networks
    .flatMap((place) => all[place]?.name ?? [])
    .sort()
    .join(', ');

const rulesOf = ({ findings }: AssessedMachine): string =>
  findings
    .map(({ id }) => id)
    .sort()
    .join(', ');

const oneOf = ({ name, cpus, memoryMiB, diskGiB, readiness }: AssessedMachine) => ({
  name,
  cpus,
  memoryMiB,
  diskGiB,
  readiness,
});

const sideOf = ({ estate, totals, readiness }: Compared): z.infer<typeof Side> => ({
  from: estate.from,
  takenAt: estate.takenAt,
  machines: totals.machines,
  cpus: totals.cpus,
  memoryMiB: totals.memoryMiB,
  diskGiB: totals.diskGiB,
  readiness: {
    ready: readiness.ready.machines,
    conditional: readiness.conditional.machines,
    notReady: readiness.notReady.machines,
    unknown: readiness.unknown.machines,
  },
});

/** A plan that comes as a file: as REST gives plans or takes them, or as an export. What is wrong with it is told place by place. */
import { z } from 'zod';
import { create } from 'zustand';
import { operations } from '../../../main/shared/operations.ts';
import type { InputOf } from '../../../main/shared/operations.ts';
import { MigrationOptions } from '../../../main/shared/migration.ts';
import { PlannedMachine } from '../../../main/shared/plans.ts';
import { t } from '../../texts/t.ts';

/** What only a plan that was written down has; it means nothing elsewhere. */
const ofAnother = z.unknown().optional();
const which = z.string().min(1).max(255);

const MachineInFile = z.strictObject({
  vm: z.union([which, z.strictObject({ ref: which, name: which })], { error: () => t('openPlan.vmWrong') }),
  wave: PlannedMachine.shape.wave.default(1),
  options: MigrationOptions.partial().strict().default({}),
  migration: ofAnother,
});
const PlanInFile = z.strictObject({
  ...operations['plans.create'].input.shape,
  schemaVersion: z.literal(1).optional(),
  source: which.optional(),
  destination: which.optional(),
  options: MigrationOptions.partial().strict().default({}),
  machines: z.array(MachineInFile).max(10_000),
  id: ofAnother,
  createdAt: ofAnother,
  startedAt: ofAnother,
});
export type PlanInFile = z.infer<typeof PlanInFile>;

export interface Problem {
  /** `machines.3.wave`; empty for the file as a whole. */
  readonly path: string;
  readonly says: string;
}

export type PlanFile =
  | { readonly state: 'none' }
  | { readonly state: 'wrong'; readonly file: string; readonly problems: readonly Problem[] }
  | { readonly state: 'read'; readonly file: string; readonly plan: PlanInFile };

/** It stays while sides are set up that it needs. */
export const usePlanFile = create<PlanFile>()(() => ({ state: 'none' }));

/** Longer than any plan of 10,000 machines. */
const MOST_BYTES = 16 * 1024 ** 2;

export async function openPlanFile(file: File): Promise<void> {
  usePlanFile.setState(file.size > MOST_BYTES ? tooLarge(file.name) : planIn(file.name, await file.text()), true);
}

const wrong = (file: string, problems: readonly Problem[]): PlanFile => ({ state: 'wrong', file, problems });
const tooLarge = (file: string): PlanFile => wrong(file, [{ path: '', says: t('openPlan.tooLarge') }]);

export function planIn(file: string, text: string): PlanFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return wrong(file, [{ path: '', says: t('openPlan.noJson') }]);
  }
  const { data, error } = PlanInFile.safeParse(value);
  if (error === undefined) return { state: 'read', file, plan: data };
  return wrong(
    file,
    error.issues.map(({ path, message }) => ({ path: path.join('.'), says: message })),
  );
}

/**
 * As Guts is asked to write it down. A ref means a machine of the very source that the file is of; elsewhere only its
 * name does.
 */
export function wishOf(
  { schemaVersion: _version, id: _id, createdAt: _created, startedAt: _started, ...plan }: PlanInFile,
  chosen: { readonly name: string; readonly source: string; readonly destination: string },
): InputOf<'plans.create'> {
  const isSameSource = plan.source === chosen.source;
  return {
    ...plan,
    ...chosen,
    machines: plan.machines.map(({ vm, wave, options }) => ({
      vm: typeof vm === 'string' ? vm : isSameSource ? vm.ref : vm.name,
      wave,
      options,
    })),
  };
}

/** The one that the file means, by its id or name; the only one there is; or none. */
export function meant<C extends { readonly id: string; readonly name: string }>(
  wanted: string | undefined,
  there: readonly C[],
): C | undefined {
  const named = there.find(({ id }) => id === wanted) ?? there.find(({ name }) => isSame(name, wanted));
  return named ?? (there.length === 1 ? there[0] : undefined);
}

const isSame = (name: string, wanted = ''): boolean => name.toLowerCase() === wanted.toLowerCase();

/** A plan that comes as a file: as it is exported, or as REST gives it. Guts says what is in it, or what is wrong and where. */
import { create } from 'zustand';
import { toErrorInfo } from '../../../main/shared/errors.ts';
import type { FileProblem } from '../../../main/shared/file-problems.ts';
import type { InputOf } from '../../../main/shared/operations.ts';
import { foundRefOf, type PlanDocument } from '../../../main/shared/plan-document.ts';
import { call } from '../../api.ts';
import { t } from '../../texts/t.ts';

export type PlanFile =
  | { readonly state: 'none' }
  | { readonly state: 'wrong'; readonly file: string; readonly problems: readonly FileProblem[] }
  | { readonly state: 'read'; readonly file: string; readonly text: string; readonly plan: PlanDocument };

/** It stays while sides are set up that it needs. */
export const usePlanFile = create<PlanFile>()(() => ({ state: 'none' }));

/** Longer than any plan of 10,000 machines; what carries it must not be longer than twice that. */
const MOST_BYTES = 12 * 1024 ** 2;

let opened = 0;

export async function openPlanFile(file: File): Promise<void> {
  const number = ++opened;
  const found = await planIn(file);
  if (number === opened) usePlanFile.setState(found, true); // else another was chosen meanwhile
}

async function planIn(file: File): Promise<PlanFile> {
  const wrong = (problems: readonly FileProblem[]): PlanFile => ({ state: 'wrong', file: file.name, problems });
  if (file.size > MOST_BYTES) return wrong([asWhole(t('openPlan.tooLarge'))]);
  try {
    const text = await file.text();
    const { plan, problems } = await call('plans.readFile', { text });
    return plan === null ? wrong(problems) : { state: 'read', file: file.name, text, plan };
  } catch (error) {
    return wrong([asWhole(toErrorInfo(error).message)]);
  }
}

const asWhole = (says: string): FileProblem => ({ line: 1, column: 1, field: '', says });

/**
 * As Guts is asked to write it down, its machines looked for in the source that was chosen. Null where that does not have them:
 * the file is shown as a wrong one then.
 */
export async function wishFor(
  file: string,
  text: string,
  chosen: { readonly name: string; readonly source: string; readonly destination: string },
): Promise<InputOf<'plans.create'> | null> {
  const { plan, problems } = await call('plans.readFile', { text, source: chosen.source });
  if (plan === null) {
    usePlanFile.setState({ state: 'wrong', file, problems }, true);
    return null;
  }
  const { options, window, notBefore, priority, waves } = plan;
  const machines = plan.machines.map((one) => ({ vm: foundRefOf(one), wave: one.wave, options: one.options }));
  return { ...chosen, options, window, notBefore, priority, waves, machines };
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

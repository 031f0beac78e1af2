/** What can be done with a plan, and what is said when it was done. */
import { RemoteError, toErrorInfo } from '../../../main/shared/errors.ts';
import type { Plan } from '../../../main/shared/plans.ts';
import type { MigrationAction } from '../../../main/shared/operations.ts';
import type { ActionResult } from '../../../main/shared/schedule.ts';
import { call } from '../../api.ts';
import { plans } from '../../state/connections.ts';
import { toast } from '../../parts/toast.ts';
import { remedyText } from '../../../main/shared/remedy.ts';
import { t } from '../../texts/t.ts';
import { saveFile } from '../../parts/table/save-file.ts';

/** For what went wrong where its screen is gone; it stays until somebody has seen it. */
export function sayError(title: string, error: unknown): void {
  const { message, remedy } = toErrorInfo(error);
  toast(`${message} ${remedyText(remedy)}`, { title, stays: true, isError: true });
}

/** @throws what the first refusal says, where not all of them went through */
export async function startPlan(plan: Plan): Promise<void> {
  const { results } = await call('plans.start', { plan: plan.id });
  await plans.load();
  demandAll(results);
  toast(t('plans.started', { count: results.length, name: plan.name }));
}

/** @throws the same */
export async function actOnPlan(plan: Plan, action: MigrationAction): Promise<void> {
  const { results } = await call('migrations.actOnMany', { plan: plan.id, action });
  demandAll(results);
  toast(t(`plans.done.${action === 'pause' || action === 'resume' ? action : 'cancel'}`, { count: results.length }));
}

function demandAll(results: readonly ActionResult[]): void {
  const errors = results.flatMap(({ error }) => error ?? []);
  const [first] = errors;
  if (first === undefined) return;
  const message = t('plans.someRefused', { count: errors.length, of: results.length, says: first.message });
  throw new RemoteError({ ...first, message });
}

export async function deletePlan(plan: Plan): Promise<void> {
  await call('plans.delete', { plan: plan.id });
  await plans.load();
  toast(t('plans.deleted', { name: plan.name }));
}

export async function duplicatePlan({ name, machines, ...plan }: Plan): Promise<Plan> {
  const { source, destination, options, window, notBefore, priority, waves } = plan;
  const made = await call('plans.create', {
    name: freeName(name),
    source,
    destination,
    options,
    window,
    notBefore,
    priority,
    waves,
    machines: machines.map(({ vm, wave, options }) => ({ vm: vm.ref, wave, options })),
  });
  await plans.load();
  toast(t('plans.duplicated', { name: made.name }));
  return made;
}

/** Hands the browser a file. */
export async function exportPlan(plan: Plan): Promise<void> {
  const { fileName, text, leavesOutUserData } = await call('plans.export', { plan: plan.id, format: 'json' });
  saveFile(fileName, text, 'application/json');
  toast(t(leavesOutUserData ? 'plans.exportedWithout' : 'plans.exported', { name: plan.name }));
}

const MOST_LETTERS = 63;

/** “spring (copy)”, “spring (copy 2)”; the name itself where that may be and is free. */
export function freeName(name: string, mayKeep = false): string {
  const now = plans.use.getState();
  const taken = new Set((now.state === 'known' ? now.value : []).map((one) => one.name.toLowerCase()));
  if (mayKeep && !taken.has(name.toLowerCase())) return name;
  for (let number = 1; ; number++) {
    const more = number === 1 ? ` (${t('plans.copy')})` : ` (${t('plans.copy')} ${number})`;
    const tried = `${name.slice(0, MOST_LETTERS - more.length)}${more}`;
    if (!taken.has(tried.toLowerCase())) return tried;
  }
}

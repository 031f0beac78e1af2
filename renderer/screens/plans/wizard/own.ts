/** What is said of single machines instead of the plan. */
import { changeDraft } from './drafts.ts';
import type { DraftMachine, OwnOptions } from './draft.ts';

export const withOwn = (machine: DraftMachine, own: OwnOptions): DraftMachine => ({
  ...machine,
  options: { ...machine.options, ...own },
});

export function withoutOwn(machine: DraftMachine, field: string): DraftMachine {
  const options = Object.fromEntries(Object.entries(machine.options).filter(([name]) => name !== field));
  return { ...machine, options };
}

/** Those that have a migration stay as they are. */
export const onMachines = (
  machines: readonly DraftMachine[],
  refs: ReadonlySet<string>,
  change: (machine: DraftMachine) => DraftMachine,
): DraftMachine[] => machines.map((one) => (refs.has(one.ref) && one.migration === null ? change(one) : one));

export const resetIn =
  (key: string) =>
  (ref: string, field: string): void =>
    changeDraft(key, ({ machines }) => ({
      machines: onMachines(machines, new Set([ref]), (one) => withoutOwn(one, field)),
    }));

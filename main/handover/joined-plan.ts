/** A plan with what comes of it: machines take the place of theirs here, and each is carried out as the giving side has planned it. */
import { isDeepStrictEqual } from 'node:util';
import { definedOf } from '../operations/defined.ts';
import { defaultOptions } from '../shared/migration.ts';
import type { Plan, PlannedMachine } from '../shared/plans.ts';

/**
 * @param here undefined where it has never been here; where it was given away as a whole, it comes back as it is there
 * @param stays migrations that do not come: of them only what this side has planned already is told
 */
export function joined(here: Plan | undefined, come: Plan, stays: ReadonlySet<string>): Plan {
  if (here === undefined)
    return { ...come, machines: come.machines.filter(({ migration }) => migration === null || !stays.has(migration)) };
  const coming = new Map(come.machines.map((machine) => [machine.vm.ref, machine]));
  const known = new Set(here.machines.map(({ vm }) => vm.ref));
  const isBack = here.given !== undefined;
  const { given: _given, ...rest } = here;
  const planned = (machine: PlannedMachine): PlannedMachine => (isBack ? machine : alike(machine, come, here));
  const inPlace = (machine: PlannedMachine): PlannedMachine => {
    const one = coming.get(machine.vm.ref);
    return one === undefined ? machine : planned(one);
  };
  const waves = come.waves.map(({ number }) => number);
  return {
    ...(isBack ? { ...come, elsewhere: here.elsewhere } : rest),
    startedAt: here.startedAt ?? come.startedAt,
    waves: [...here.waves.filter(({ number }) => !waves.includes(number)), ...come.waves],
    machines: [
      ...here.machines.map(inPlace),
      ...come.machines
        .filter(({ vm, migration }) => !known.has(vm.ref) && (migration === null || !stays.has(migration)))
        .map(planned),
    ],
  };
}

/** What was not started would be by the options of the plan here, which may be others by now. */
function alike(machine: PlannedMachine, come: Plan, here: Plan): PlannedMachine {
  if (machine.migration !== null || isDeepStrictEqual(come.options, here.options)) return machine;
  return { ...machine, options: { ...defaultOptions, ...definedOf(come.options), ...machine.options } };
}

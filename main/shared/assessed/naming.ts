/** How machines are called in rows of reports and of the window: by their names, and by their ids only where two have one name. */
import type { AssessedMachine, Assessment } from '../assessment.ts';

/** The id of a machine whose name tells nobody which it is; null for all others. */
export function idBeside({
  machines,
}: {
  readonly machines: readonly AssessedMachine[];
}): (machine: AssessedMachine) => string | null {
  const counts = new Map<string, number>();
  for (const { name } of machines) counts.set(name, (counts.get(name) ?? 0) + 1);
  return ({ name, ref }) => ((counts.get(name) ?? 0) > 1 ? ref : null);
}

/** Where a rule found something in a machine’s own row, which need not name the machine again. */
export const placesIn = (
  { name }: Pick<AssessedMachine, 'name'>,
  { about }: AssessedMachine['findings'][number],
): readonly string[] => about.filter((place) => place !== name);

/** “DSK-04: Hard disk 1”. */
export function findingText(machine: AssessedMachine, finding: AssessedMachine['findings'][number]): string {
  const places = placesIn(machine, finding);
  return places.length === 0 ? finding.id : `${finding.id}: ${places.join(', ')}`;
}

/** Ids of rules that would block, and for which a machine lacks what others tell. */
export function untoldIn({ readiness, gaps: places }: AssessedMachine, gaps: Assessment['gaps']): string[] {
  if (readiness !== 'conditional') return [];
  const own = places.flatMap((place) => gaps[place] ?? []).filter(({ machines }) => machines !== null);
  return [...new Set(own.flatMap(({ blocking = [] }) => blocking))];
}

/** Which machine of one assessment is which of another. */
import type { AssessedMachine, Assessment } from '../assessment.ts';

type Side = Pick<Assessment, 'estate' | 'machines'>;
export type Pair = readonly [was: AssessedMachine, is: AssessedMachine];

interface Way {
  /** Null where it says nothing of a machine. */
  readonly before: (machine: AssessedMachine) => string | null;
  readonly after: (machine: AssessedMachine) => string | null;
  readonly fits?: (pair: Pair) => boolean;
}

/**
 * A machine is the same by its UUID, which it takes along, else by its id at its vCenter, else by its name: each where only one has
 * it on each side. Numbers of two vCenters overlap, so that what has another name and another UUID is not the same by them.
 * In the order of now.
 */
export function pairsOf(before: Side, after: Side): Pair[] {
  const ways: readonly Way[] = [
    { before: uuidOf, after: uuidOf },
    { before: idAt(before), after: idAt(after), fits: mayBeOne },
    // Where one side does not say which vCenter it is of, it may be that of the other.
    ...(serverOf(before) === null || serverOf(after) === null ? [{ before: refOf, after: refOf, fits: mayBeOne }] : []),
    { before: nameOf, after: nameOf },
  ];
  const wasOf = new Map<AssessedMachine, AssessedMachine>();
  const taken = new Set<AssessedMachine>();
  for (const way of ways) {
    const had = lone(before.machines, taken, way.before);
    for (const [key, is] of lone(after.machines, taken, way.after)) {
      const was = had.get(key);
      if (was === undefined || way.fits?.([was, is]) === false) continue;
      wasOf.set(is, was);
      taken.add(was).add(is);
    }
  }
  return after.machines.flatMap((is) => {
    const was = wasOf.get(is);
    return was === undefined ? [] : [[was, is] as const];
  });
}

/** Of those that are not taken: what only one of them has. */
function lone(
  machines: readonly AssessedMachine[],
  taken: ReadonlySet<AssessedMachine>,
  keyOf: (machine: AssessedMachine) => string | null,
): Map<string, AssessedMachine> {
  const found = new Map<string, AssessedMachine>();
  const twice = new Set<string>();
  for (const one of machines) {
    const key = taken.has(one) ? null : keyOf(one);
    if (key === null) continue;
    if (found.has(key)) twice.add(key);
    found.set(key, one);
  }
  for (const key of twice) found.delete(key);
  return found;
}

const uuidOf = ({ uuid }: AssessedMachine): string | null => uuid ?? null;
const refOf = ({ ref }: AssessedMachine): string => ref;
const nameOf = ({ name }: AssessedMachine): string => name.toLowerCase();
const serverOf = ({ estate }: Side): string | null => estate.server ?? null;

/** As an export of several vCenters writes it. */
const idAt = (side: Side) => {
  const server = serverOf(side);
  return ({ ref }: AssessedMachine): string => (server === null ? ref : `${ref}@${server}`);
};

const mayBeOne = ([was, is]: Pair): boolean =>
  nameOf(was) === nameOf(is) || uuidOf(was) === null || uuidOf(is) === null || uuidOf(was) === uuidOf(is);

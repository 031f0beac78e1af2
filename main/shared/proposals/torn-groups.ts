/** Which machines seem to belong together, by tag, folder or name, and are torn apart when only some of them go. */
import type { TornGroup } from '../rehearsal.ts';

interface Neighbour {
  readonly ref: string;
  readonly name: string;
  readonly folder: string;
  /** `Category:Name` where the source has categories. */
  readonly tags: readonly string[];
}

interface Group {
  readonly by: TornGroup['by'];
  readonly name: string;
  readonly members: readonly Neighbour[];
}

/** A folder or a prefix with more machines than that is how somebody sorts them, and no application. */
const MOST_OF_AN_APPLICATION = 25;
const APPLICATION_TAG = /^(app|apps|application|service|system|project|product|solution|stack|anwendung|dienst)[^:]*:/i;
/** Beginnings of names that say nothing. */
const MEANINGLESS = /^(vm|vms|srv|server|host|win|windows|lin|linux|test|dev|prod|new|old|copy|clone|template|tmp)$/i;

/**
 * @param waveOf of the plan, by ref; null of a machine that it does not have
 * @param isInWave whether a machine goes with the wave that is looked at
 */
export function tornGroups(
  machines: readonly Neighbour[],
  isInWave: (ref: string) => boolean,
  waveOf: (ref: string) => number | null,
): TornGroup[] {
  const told = new Set<string>();
  return [
    ...groupsBy('tag', machines, ({ tags }) => tags.filter((tag) => APPLICATION_TAG.test(tag))),
    ...groupsBy('folder', machines, ({ folder }) => (folder.split('/').length > 2 ? [folder] : [])).filter(isSmall),
    ...groupsBy('prefix', machines, ({ name }) => prefixOf(name)).filter(isSmall),
  ].flatMap(({ by, name, members }) => {
    const inWave = members.filter(({ ref }) => isInWave(ref));
    const elsewhere = members.filter(({ ref }) => !isInWave(ref));
    const key = JSON.stringify([inWave, elsewhere].map((some) => some.map(({ ref }) => ref)));
    if (inWave.length === 0 || elsewhere.length === 0 || told.has(key)) return [];
    told.add(key); // the same machines by another sign are no other group
    return [
      {
        by,
        name,
        inWave: inWave.map((one) => one.name),
        elsewhere: elsewhere.map((one) => ({ name: one.name, wave: waveOf(one.ref) })),
      },
    ];
  });
}

const isSmall = ({ members }: Group): boolean => members.length <= MOST_OF_AN_APPLICATION;

function groupsBy(
  by: TornGroup['by'],
  machines: readonly Neighbour[],
  namesOf: (machine: Neighbour) => readonly string[],
): Group[] {
  const found = new Map<string, Neighbour[]>();
  for (const machine of machines)
    for (const name of namesOf(machine)) {
      const members = found.get(name);
      if (members === undefined) found.set(name, [machine]);
      else members.push(machine);
    }
  return [...found].filter(([, members]) => members.length > 1).map(([name, members]) => ({ by, name, members }));
}

/** `shop` of `shop-web-01`. */
function prefixOf(name: string): string[] {
  const [, prefix = ''] = /^([a-z][a-z0-9]{2,})[-_.]./i.exec(name) ?? [];
  return prefix === '' || MEANINGLESS.test(prefix) ? [] : [prefix.toLowerCase()];
}

/** Finds machines by what a list says of them, all of which has to be true; nothing is guessed. */
import type { Wanted } from './vm-list.ts';

/** By what a machine is known. */
export interface Listed {
  readonly ref: string;
  readonly name: string;
  /** Of the instance, of the BIOS. */
  readonly uuids: readonly string[];
  readonly datacenter: string;
  readonly cluster: string;
  readonly folder: string;
}

export interface Matched<R extends Listed> {
  readonly found: readonly { readonly wanted: Wanted; readonly row: R }[];
  readonly unknown: readonly Wanted[];
  readonly ambiguous: readonly { readonly wanted: Wanted; readonly candidates: readonly R[] }[];
}

export function matched<R extends Listed>(wanted: readonly Wanted[], rows: readonly R[]): Matched<R> {
  const byName = groupedBy(rows, ({ name }) => [name.toLowerCase()]);
  const byUuid = groupedBy(rows, ({ uuids, ref }) => [...uuids, ref].map((id) => id.toLowerCase())); // a ref may be one
  const byRef = groupedBy(rows, ({ ref }) => [ref]);
  const found: { wanted: Wanted; row: R }[] = [];
  const unknown: Wanted[] = [];
  const ambiguous: { wanted: Wanted; candidates: readonly R[] }[] = [];
  const named = (name: string): readonly R[] => byName.get(name.toLowerCase()) ?? [];
  const knownBy = (id: string): readonly R[] => byUuid.get(id.toLowerCase()) ?? [];
  /** Each that the word may mean, of those that have it as their name the ones that are written like it. */
  const meantBy = (word: string): readonly R[] => {
    const exactly = named(word).filter(({ name }) => name === word);
    return [...(exactly.length > 0 ? exactly : named(word)), ...knownBy(word)];
  };
  const told = toldPlaces(rows);
  for (const one of wanted) {
    const sets = [
      one.word === null ? null : meantBy(one.word),
      one.name === null ? null : named(one.name),
      one.uuid === null ? null : knownBy(one.uuid),
      one.ref === null ? null : (byRef.get(one.ref) ?? []),
    ].flatMap((set) => (set === null ? [] : [set]));
    const any = [...new Set(sets.flat())];
    const whole = any.filter((row) => sets.every((set) => set.includes(row)));
    const isProved = one.uuid !== null && whole.length === 1; // it may have been moved since
    const all = whole.filter((row) => isWritten(row, one, whole) && (isProved || isThere(row, one, told)));
    const [row, ...others] = all;
    if (row !== undefined && others.length === 0) found.push({ wanted: one, row });
    else if (any.length === 0) unknown.push(one);
    else ambiguous.push({ wanted: one, candidates: all.length > 0 ? all : any });
  }
  return { found, unknown, ambiguous };
}

/** As the list writes its name, where one of them is. */
const isWritten = (row: Listed, { name }: Wanted, rows: readonly Listed[]): boolean =>
  name === null || row.name === name || rows.every((other) => other.name !== name);

type Place = 'datacenter' | 'cluster' | 'folder';

/** Kinds of places that are told of any machine: a list may say more than its source knows. */
const toldPlaces = (rows: readonly Listed[]): ReadonlySet<Place> =>
  new Set((['datacenter', 'cluster', 'folder'] as const).filter((place) => rows.some((row) => row[place] !== '')));

/** Where the list says. */
function isThere(row: Listed, wanted: Wanted, told: ReadonlySet<Place>): boolean {
  const isAt = (place: Place): boolean => {
    const said = wanted[place];
    if (said === null || !told.has(place)) return true;
    return place === 'folder' ? isIn(row.folder, said) : same(row[place], said);
  };
  return isAt('datacenter') && isAt('cluster') && isAt('folder');
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** By the end of its path, with or without the data centre's own folder for machines, `vm`. */
function isIn(folder: string, said: string): boolean {
  const end = `/${said.replaceAll(/^\/+|\/+$/g, '')}`.toLowerCase();
  const paths = [folder, folder.replace(/\/vm(?=\/|$)/, '')];
  return paths.some((path) => `/${path}`.toLowerCase().endsWith(end));
}

function groupedBy<R extends Listed>(
  rows: readonly R[],
  keysOf: (row: R) => readonly string[],
): ReadonlyMap<string, readonly R[]> {
  const groups = new Map<string, R[]>();
  for (const row of rows)
    for (const key of new Set(keysOf(row))) {
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [row]);
      else group.push(row);
    }
  return groups;
}

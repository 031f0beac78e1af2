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
  for (const one of wanted) {
    const sets = [
      one.name === null ? null : (byName.get(one.name.toLowerCase()) ?? []),
      one.uuid === null ? null : (byUuid.get(one.uuid.toLowerCase()) ?? []),
      one.ref === null ? null : (byRef.get(one.ref) ?? []),
    ].flatMap((set) => (set === null ? [] : [set]));
    const any = [...new Set(sets.flat())];
    const all = narrowed(
      any.filter((row) => sets.every((set) => set.includes(row))),
      one,
    );
    const [row, ...others] = all;
    if (row !== undefined && others.length === 0) found.push({ wanted: one, row });
    else if (any.length === 0) unknown.push(one);
    else ambiguous.push({ wanted: one, candidates: all.length > 0 ? all : any });
  }
  return { found, unknown, ambiguous };
}

/** Of several, those that are where the list says, written as it is named. */
function narrowed<R extends Listed>(rows: readonly R[], { name, datacenter, cluster, folder }: Wanted): readonly R[] {
  if (rows.length < 2) return rows;
  return rows.filter(
    (row) =>
      (name === null || row.name === name || rows.every((other) => other.name !== name)) &&
      (datacenter === null || row.datacenter === datacenter) &&
      (cluster === null || row.cluster === cluster) &&
      (folder === null || row.folder === folder || row.folder.endsWith(`/${folder}`)),
  );
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

/** The places where machines are, as a tree: by cluster, folder, host, datastore or network of each source. */
import type { MachineRow } from './machine-row.ts';

export const ways = ['cluster', 'folder', 'host', 'datastore', 'network'] as const;
export type Way = (typeof ways)[number];

export interface Place {
  /** The names down to it, as JSON. */
  readonly id: string;
  /** Empty where machines are in no such thing. */
  readonly name: string;
  readonly level: number;
  readonly machines: number;
  readonly inside: readonly Place[];
}

interface Growing {
  readonly id: string;
  readonly name: string;
  readonly level: number;
  machines: number;
  readonly inside: Map<string, Growing>;
}

/** The ways down to a machine, from its source on; one that is in several datastores or networks has several. */
export function pathsOf(row: MachineRow, way: Way): readonly (readonly string[])[] {
  const { sourceName, datacenter, cluster, host, folder, datastores, networks } = row;
  switch (way) {
    case 'cluster':
      return [datacenter === '' ? [sourceName, cluster] : [sourceName, datacenter, cluster]]; // Hyper-V has no data centres
    case 'folder':
      return [[sourceName, ...folder.split('/')]];
    case 'host':
      return [[sourceName, cluster, host]];
    case 'datastore':
      return datastores.length === 0 ? [[sourceName, '']] : datastores.map((one) => [sourceName, one]);
    case 'network':
      return networks.length === 0 ? [[sourceName, '']] : [...new Set(networks)].map((one) => [sourceName, one]);
  }
}

export function placesOf(rows: readonly MachineRow[], way: Way): readonly Place[] {
  const root: Growing = { id: '[]', name: '', level: 0, machines: 0, inside: new Map() };
  for (const row of rows) {
    const counted = new Set<Growing>(); // a machine in two datastores of a source is one of the source
    for (const path of pathsOf(row, way)) {
      let at = root;
      for (const [depth, name] of path.entries()) {
        let next = at.inside.get(name);
        if (next === undefined) {
          const id = JSON.stringify(path.slice(0, depth + 1));
          next = { id, name, level: depth + 1, machines: 0, inside: new Map() };
          at.inside.set(name, next);
        }
        if (!counted.has(next)) next.machines++;
        counted.add(next);
        at = next;
      }
    }
  }
  return grown(root.inside);
}

/** web-9 before web-10. */
const inOrder = new Intl.Collator(undefined, { numeric: true });

const grown = (inside: ReadonlyMap<string, Growing>): readonly Place[] =>
  [...inside.values()]
    .sort((a, b) => inOrder.compare(a.name, b.name))
    .map(({ inside: more, ...place }) => ({ ...place, inside: grown(more) }));

/** Whether a machine is there, or below. */
export function isAt(row: MachineRow, way: Way, place: string): boolean {
  const wanted = place.slice(0, -1); // without the last bracket
  return pathsOf(row, way).some((path) => {
    const id = JSON.stringify(path);
    return id.startsWith(wanted) && (id[wanted.length] === ',' || id[wanted.length] === ']');
  });
}

/** Those that are seen: what is closed hides what is in it. */
export const seenOf = (places: readonly Place[], isOpen: (id: string) => boolean): readonly Place[] =>
  places.flatMap((place) => [place, ...(isOpen(place.id) ? seenOf(place.inside, isOpen) : [])]);

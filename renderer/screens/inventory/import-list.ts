/**
 * A list of machines from elsewhere: pasted names, or a table as RVTools and others write it. Machines are found by what the
 * list says of them, all of which has to be true; nothing is guessed.
 */
import type { MachineRow } from './machine-row.ts';
import { cellsOf } from './separated-text.ts';

/** What a line says of a machine. */
export interface Wanted {
  /** In the text, from 1. */
  readonly line: number;
  /** As it is shown again: the line's first cell, or its name. */
  readonly said: string;
  readonly name: string | null;
  readonly uuid: string | null;
  readonly ref: string | null;
  /** What tells apart those of the same name. */
  readonly datacenter: string | null;
  readonly cluster: string | null;
  readonly folder: string | null;
}

export interface ImportResult {
  /** Keys of the machines that were found. */
  readonly found: ReadonlySet<string>;
  readonly unknown: readonly Wanted[];
  readonly ambiguous: readonly { readonly wanted: Wanted; readonly candidates: readonly MachineRow[] }[];
}

type Field = 'name' | 'uuid' | 'ref' | 'datacenter' | 'cluster' | 'folder';

/** Titles of columns, in lower case. */
const TITLES: Readonly<Record<Field, readonly string[]>> = {
  name: ['vm', 'vm name', 'name', 'virtual machine', 'machine'],
  uuid: ['vm uuid', 'instance uuid', 'smbios uuid', 'bios uuid', 'uuid'],
  ref: ['vm id', 'moref', 'moid', 'ref', 'object id'],
  datacenter: ['datacenter', 'data center', 'dc'],
  cluster: ['cluster'],
  folder: ['folder', 'path in vcenter'],
};
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const REF = /^vm-\d+$/;

export function wantedOf(text: string): readonly Wanted[] {
  const lines = cellsOf(text);
  const [first] = lines;
  const fields = first === undefined ? null : fieldsOf(first.cells);
  const rest = fields === null ? lines : lines.slice(1);
  return rest.flatMap(({ cells, line }) => {
    const said = cells[0] ?? '';
    if (fields === null) return said === '' ? [] : [{ ...nothing, line, said, ...guiseOf(said) }];
    const cell = (field: Field): string | null => {
      const values = fields.flatMap((one, at) => (one === field ? [cells[at] ?? ''] : []));
      return values.find((value) => value !== '') ?? null;
    };
    const [name, uuid, ref] = [cell('name'), cell('uuid'), cell('ref')];
    const first = name ?? uuid ?? ref;
    if (first === null) return [];
    const [datacenter, cluster, folder] = [cell('datacenter'), cell('cluster'), cell('folder')];
    return [{ line, said: first, name, uuid, ref, datacenter, cluster, folder }];
  });
}

const nothing = { name: null, uuid: null, ref: null, datacenter: null, cluster: null, folder: null };

/** The one field that a bare word is. */
function guiseOf(word: string): Partial<Wanted> {
  if (UUID.test(word)) return { uuid: word };
  return REF.test(word) ? { ref: word } : { name: word };
}

/** What each column holds; null where the line is no head. */
function fieldsOf(cells: readonly string[]): readonly (Field | null)[] | null {
  const all = Object.entries(TITLES) as [Field, readonly string[]][]; // these are its keys
  const fields = cells.map((cell) => all.find(([, titles]) => titles.includes(cell.toLowerCase()))?.[0] ?? null);
  return fields.some((field) => field === 'name' || field === 'uuid' || field === 'ref') ? fields : null;
}

export function matched(wanted: readonly Wanted[], rows: readonly MachineRow[]): ImportResult {
  const byName = groupedBy(rows, ({ name }) => [name.toLowerCase()]);
  const byUuid = groupedBy(rows, ({ uuids }) => uuids.map((uuid) => uuid.toLowerCase()));
  const byRef = groupedBy(rows, ({ ref }) => [ref]);
  const found = new Set<string>();
  const unknown: Wanted[] = [];
  const ambiguous: { wanted: Wanted; candidates: readonly MachineRow[] }[] = [];
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
    if (row !== undefined && others.length === 0) found.add(row.key);
    else if (any.length === 0) unknown.push(one);
    else ambiguous.push({ wanted: one, candidates: all.length > 0 ? all : any });
  }
  return { found, unknown, ambiguous };
}

/** Of several, those that are where the list says, written as it is named. */
function narrowed(rows: readonly MachineRow[], { name, datacenter, cluster, folder }: Wanted): readonly MachineRow[] {
  if (rows.length < 2) return rows;
  return rows.filter(
    (row) =>
      (name === null || row.name === name || rows.every((other) => other.name !== name)) &&
      (datacenter === null || row.datacenter === datacenter) &&
      (cluster === null || row.cluster === cluster) &&
      (folder === null || row.folder === folder || row.folder.endsWith(`/${folder}`)),
  );
}

function groupedBy(
  rows: readonly MachineRow[],
  keysOf: (row: MachineRow) => readonly string[],
): ReadonlyMap<string, readonly MachineRow[]> {
  const groups = new Map<string, MachineRow[]>();
  for (const row of rows)
    for (const key of new Set(keysOf(row))) {
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [row]);
      else group.push(row);
    }
  return groups;
}

/** Looks for things of the sources by name, ref or filter, in the order in which people count. */
import type { SourceConnection } from '../shared/connections.ts';
import type { InventoryVm } from '../shared/inventory.ts';
import { Breather } from '../store/breather.ts';
import type { InventoryThing } from '../store/inventory.ts';
import type { InventoryRow, InventoryView } from '../store/inventory-view.ts';
import { AmbiguousResourceError, UnknownResourceError } from './errors.ts';
import { matcher } from '../shared/glob.ts';
import { inventoryOf, type InventoryParts } from './inventory.ts';

export interface Filters {
  readonly name?: string | undefined;
  readonly power?: InventoryVm['power'] | undefined;
  readonly os?: string | undefined;
  readonly network?: string | undefined;
  readonly folder?: string | undefined;
  readonly cluster?: string | undefined;
  /** `Category:Name`, or what stands behind a colon in it. */
  readonly tag?: string | undefined;
  readonly type?: InventoryThing['kind'] | undefined;
}

/** A thing, and the source that has it. */
export interface Found {
  readonly source: SourceConnection;
  readonly inventory: InventoryView;
  readonly row: InventoryRow;
}

export function wantedBy(filters: Filters): (row: InventoryRow) => boolean {
  const { type, power, tag } = filters;
  const name = matcher(filters.name);
  const os = orNull(filters.os);
  const network = orNull(filters.network);
  const folder = orNull(filters.folder);
  const cluster = orNull(filters.cluster);
  const tagged = taggedBy(tag);
  const isAboutVms = [power, filters.os, filters.network, filters.folder, filters.cluster, tag].some(
    (filter) => filter !== undefined,
  );
  return (row) => {
    if ((type !== undefined && row.kind !== type) || !name(row.name)) return false;
    if (!isAboutVms) return true;
    return (
      row.kind === 'vm' &&
      (power === undefined || row.power === power) &&
      (os === null || row.os.some(os)) &&
      (network === null || row.networks.some(network)) &&
      (folder === null || folder(row.folder)) &&
      (cluster === null || cluster(row.cluster)) &&
      tagged(row)
    );
  };
}

const orNull = (pattern: string | undefined) => (pattern === undefined ? null : matcher(pattern));

/** A tag is known by `Category:Name`, and by what stands behind a colon in it. */
function taggedBy(tag: string | undefined): (row: InventoryRow) => boolean {
  if (tag === undefined) return () => true;
  const suits = matcher(tag);
  const namesOf = (whole: string): string[] => whole.split(':').map((_, at, parts) => parts.slice(at).join(':'));
  return ({ tags }) => tags.some((whole) => namesOf(whole).some(suits));
}

/** Of all sources, or of one: source by source, each by name, as people count. */
export async function find(
  parts: InventoryParts,
  source: string | undefined,
  wanted: (row: InventoryRow) => boolean,
  signal: AbortSignal,
): Promise<Found[]> {
  const { connections } = parts;
  const sources = source === undefined ? await connections.list('source') : [await connections.find('source', source)];
  const found: Found[] = [];
  const breather = new Breather();
  for (const source of sources) {
    const inventory = await inventoryOf(parts, source, signal);
    for (const row of inventory.rows) {
      if (breather.isDue) await breather.breathe();
      if (wanted(row)) found.push({ source, inventory, row });
    }
  }
  return found;
}

/** Reads the rest of each from its inventory, with pauses for others. */
export async function readAll<F extends Found, T>(
  found: readonly F[],
  use: (one: FoundThing, found: F) => T,
): Promise<T[]> {
  const breather = new Breather();
  const all: T[] = [];
  for (const one of found) {
    if (breather.isDue) await breather.breathe();
    all.push(use(read(one), one));
  }
  return all;
}

/** With everything that is known of it. */
export interface FoundThing {
  readonly source: SourceConnection;
  readonly takenAt: string;
  readonly one: InventoryThing;
}

const read = ({ source, inventory, row }: Found): FoundThing => ({
  source,
  takenAt: inventory.takenAt,
  one: inventory.thing(row),
});

/** The one thing with this name or ref; a ref goes before names. @throws UnknownResourceError, AmbiguousResourceError */
export async function findOne(
  parts: InventoryParts,
  source: string | undefined,
  nameOrRef: string,
  signal: AbortSignal,
  isKind: (row: InventoryRow) => boolean = () => true,
): Promise<FoundThing> {
  const wanted = (row: InventoryRow): boolean => isKind(row) && (row.ref === nameOrRef || row.name === nameOrRef);
  const found = await find(parts, source, wanted, signal);
  const byRef = found.filter(({ row }) => row.ref === nameOrRef);
  const [first, ...others] = (byRef.length > 0 ? byRef : found).map(read);
  if (first === undefined) throw new UnknownResourceError(nameOrRef);
  if (others.length > 0)
    throw new AmbiguousResourceError(
      nameOrRef,
      [first, ...others].map(({ source, one }) => `${one.thing.ref} (${one.kind} of ${source.name}, ${whereOf(one)})`),
    );
  return first;
}

/** The machine with this name or ref. @throws UnknownResourceError, AmbiguousResourceError */
export async function findVm(
  parts: InventoryParts,
  source: string | undefined,
  nameOrRef: string,
  signal: AbortSignal,
): Promise<{ readonly source: SourceConnection; readonly takenAt: string; readonly vm: InventoryVm }> {
  const { one, ...from } = await findOne(parts, source, nameOrRef, signal, ({ kind }) => kind === 'vm');
  if (one.kind !== 'vm') throw new UnknownResourceError(nameOrRef);
  return { ...from, vm: one.thing };
}

/** Folder, cluster or data centre. */
export function whereOf({ kind, thing }: InventoryThing): string {
  if (kind === 'vm') return thing.folder;
  return (kind === 'host' ? thing.cluster : thing.datacenter) ?? '–';
}

/** Looks for things of the sources by name, ref or filter, in the order in which people count. */
import type { SourceConnection } from '../shared/connections.ts';
import type { InventoryVm } from '../shared/inventory.ts';
import type { InventoryThing } from '../store/inventory.ts';
import { AmbiguousResourceError, UnknownResourceError } from './errors.ts';
import { matcher } from './glob.ts';
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
  readonly takenAt: string;
  readonly one: InventoryThing;
}

export function wantedBy(filters: Filters): (one: InventoryThing) => boolean {
  const name = matcher(filters.name);
  const [os, network, folder, cluster] = [filters.os, filters.network, filters.folder, filters.cluster].map(matcher);
  const isAboutVms = [filters.power, filters.os, filters.network, filters.folder, filters.cluster, filters.tag].some(
    (filter) => filter !== undefined,
  );
  const any = (): boolean => true;
  const suits = (vm: InventoryVm): boolean =>
    (filters.power === undefined || vm.power === filters.power) &&
    [vm.guestOsName ?? '', vm.guestOsId ?? ''].some(os ?? any) &&
    (filters.network === undefined || vm.nics.some(({ networkName }) => (network ?? any)(networkName ?? ''))) &&
    (folder ?? any)(vm.folder) &&
    (cluster ?? any)(vm.cluster ?? '');
  return (one) => {
    if (filters.type !== undefined && one.kind !== filters.type) return false;
    if (!name(one.thing.name)) return false;
    return one.kind === 'vm' ? suits(one.thing) : !isAboutVms;
  };
}

/** A tag is known by `Category:Name`, and by what stands behind a colon in it. */
export function taggedBy({ tag }: Pick<Filters, 'tag'>): (vm: InventoryVm) => boolean {
  if (tag === undefined) return () => true;
  const suits = matcher(tag);
  const namesOf = (whole: string): string[] => whole.split(':').map((_, at, parts) => parts.slice(at).join(':'));
  return ({ tags }) => tags.some((whole) => namesOf(whole).some(suits));
}

/** As people count: web-9 before web-10. */
const inOrder = new Intl.Collator('en', { numeric: true });
const byName = (a: Found, b: Found): number =>
  inOrder.compare(a.one.thing.name, b.one.thing.name) || inOrder.compare(a.one.thing.ref, b.one.thing.ref);

/** Of all sources, or of one: source by source, each by name. */
export async function find(
  parts: InventoryParts,
  source: string | undefined,
  wanted: (one: InventoryThing) => boolean,
  signal: AbortSignal,
  isTagged?: (vm: InventoryVm) => boolean,
): Promise<Found[]> {
  const { connections } = parts;
  const sources = source === undefined ? await connections.list('source') : [await connections.find('source', source)];
  const found: Found[] = [];
  for (const source of sources) {
    const { things, takenAt } = await inventoryOf(parts, source, wanted, signal, isTagged);
    found.push(...things.map((one) => ({ source, takenAt, one })).sort(byName));
  }
  return found;
}

/** The one thing with this name or ref; a ref goes before names. @throws UnknownResourceError, AmbiguousResourceError */
export async function findOne(
  parts: InventoryParts,
  source: string | undefined,
  nameOrRef: string,
  signal: AbortSignal,
  isKind: (one: InventoryThing) => boolean = () => true,
): Promise<Found> {
  const wanted = (one: InventoryThing): boolean =>
    isKind(one) && (one.thing.ref === nameOrRef || one.thing.name === nameOrRef);
  const found = await find(parts, source, wanted, signal);
  const byRef = found.filter(({ one }) => one.thing.ref === nameOrRef);
  const [first, ...others] = byRef.length > 0 ? byRef : found;
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

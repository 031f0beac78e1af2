/** Reads properties of objects as vCenter's property collector does: found by traversal, given in pages. */
import type { ManagedObject } from './managed-object.ts';
import type { Session } from './sessions.ts';
import { anyElement, Data, element, escape, isRef, List, type Ref, type Value } from './values.ts';
import { type Arguments, invalidArgument, notFound, VimFault } from './vim-fault.ts';

const BASE: Readonly<Record<string, string>> = {
  ClusterComputeResource: 'ComputeResource',
  VirtualApp: 'ResourcePool',
  StoragePod: 'Folder',
  DistributedVirtualPortgroup: 'Network',
  OpaqueNetwork: 'Network',
  VmwareDistributedVirtualSwitch: 'DistributedVirtualSwitch',
};
const ENTITIES = new Set([
  'Folder',
  'Datacenter',
  'ComputeResource',
  'HostSystem',
  'ResourcePool',
  'VirtualMachine',
  'Network',
  'Datastore',
  'DistributedVirtualSwitch',
]);

/** Whether an object of `type` is a `wanted`, by itself or by what it inherits from. */
export function isKind(type: string, wanted: string): boolean {
  const base = BASE[type];
  if (type === wanted || base === wanted) return true;
  return wanted === 'ManagedEntity' && ENTITIES.has(base ?? type);
}

export type Find = (ref: Ref) => ManagedObject | undefined;

interface Selected {
  readonly object: ManagedObject;
  readonly paths: readonly string[];
}

/**
 * The objects that a `PropertyFilterSpec` selects, each once, with the paths that are asked of its type.
 * @throws VimFault ManagedObjectNotFound where an object to begin with is not there
 */
export function select(spec: Arguments, find: Find): Selected[] {
  const propSets = spec.all('propSet');
  const found = new Map<string, Selected>();
  const take = (object: ManagedObject): void => {
    if (found.has(object.ref.id)) return;
    const asked = propSets.filter((set) => isKind(object.ref.type, set.need('type')));
    if (asked.length === 0) return;
    const paths = asked.flatMap((set) =>
      set.flag('all') ? object.names : set.all('pathSet').map(({ element: { text } }) => text),
    );
    found.set(object.ref.id, { object, paths: [...new Set(paths)] });
  };
  for (const objectSet of spec.all('objectSet')) {
    const start = objectSet.ref('obj');
    if (start === undefined) throw invalidArgument('obj');
    const object = find(start);
    if (object === undefined) throw notFound(start);
    if (!objectSet.flag('skip')) take(object);
    walk(object, objectSet.all('selectSet'), { find, take, byName: namesIn(objectSet), walked: new Set() });
  }
  return [...found.values()];
}

interface Walk {
  readonly find: Find;
  readonly take: (object: ManagedObject) => void;
  readonly byName: ReadonlyMap<string, Arguments>;
  readonly walked: Set<string>;
}

/** Traversals may refer to each other by name, in circles too. */
function namesIn(spec: Arguments): Map<string, Arguments> {
  const names = new Map<string, Arguments>();
  for (const selection of spec.all('selectSet')) {
    const name = selection.text('name');
    if (name !== undefined && selection.text('path') !== undefined) names.set(name, selection);
    for (const [inner, traversal] of namesIn(selection)) names.set(inner, traversal);
  }
  return names;
}

function walk(object: ManagedObject, selections: readonly Arguments[], trip: Walk): void {
  for (const selection of selections) {
    const traversal = selection.text('path') === undefined ? trip.byName.get(selection.text('name') ?? '') : selection;
    if (traversal === undefined) throw invalidArgument('selectSet');
    const path = traversal.need('path');
    if (!isKind(object.ref.type, traversal.need('type'))) continue;
    const step = `${object.ref.id} ${path} ${traversal.text('name') ?? ''}`;
    if (trip.walked.has(step)) continue;
    trip.walked.add(step);
    for (const ref of refsIn(valueAt(object, path))) {
      const next = trip.find(ref);
      if (next === undefined) continue;
      if (!traversal.flag('skip')) trip.take(next);
      walk(next, traversal.all('selectSet'), trip);
    }
  }
}

function refsIn(value: Value | undefined): Ref[] {
  if (value === undefined) return [];
  if (value instanceof List) return value.items.flatMap((item) => refsIn(item));
  return isRef(value) ? [value] : [];
}

/** `config.hardware.device`, or one item of it by its key: `config.hardware.device[2000]`. */
function valueAt(object: ManagedObject, path: string): Value | undefined {
  const [first = '', ...rest] = path.split('.').map((step) => /^(\w+)(?:\[(.+)\])?$/.exec(step) ?? []);
  let value = keyed(object.property(first[1] ?? ''), first[2]);
  for (const [, name = '', key] of rest) {
    if (!(value instanceof Data)) return undefined;
    value = keyed(value.fields[name], key);
  }
  return value;
}

function keyed(value: Value | undefined, key: string | undefined): Value | undefined {
  if (key === undefined || value === undefined) return value;
  if (!(value instanceof List)) return undefined;
  const wanted = key.replace(/^"|"$/g, '');
  return value.items.find((item) => item instanceof Data && String(item.fields['key']) === wanted);
}

/** The properties that are set, each as `<val …>`. */
export function propertiesOf({ object, paths }: Selected): Map<string, string> {
  const properties = new Map<string, string>();
  for (const path of paths) {
    const value = valueAt(object, path);
    if (value !== undefined) properties.set(path, anyElement('val', value));
  }
  return properties;
}

function contentOf(selected: Selected): string {
  const properties = [...propertiesOf(selected)].map(
    ([name, xml]) => `<propSet><name>${escape(name)}</name>${xml}</propSet>`,
  );
  return `${element('obj', selected.object.ref)}${properties.join('')}`;
}

/** The old call: everything at once. */
export function retrieveProperties(args: Arguments, find: Find): string {
  return args
    .all('specSet')
    .flatMap((spec) => select(spec, find))
    .map((selected) => `<returnval>${contentOf(selected)}</returnval>`)
    .join('');
}

/** @param pageCap most objects in an answer, whatever the client asks for */
export function retrievePropertiesEx(args: Arguments, find: Find, session: Session | null, pageCap: number): string {
  const objects = args
    .all('specSet')
    .flatMap((spec) => select(spec, find))
    .map((selected) => `<objects>${contentOf(selected)}</objects>`);
  const wanted = args.find('options')?.integer('maxObjects') ?? pageCap;
  if (wanted < 1) throw invalidArgument('options.maxObjects');
  return page(objects, Math.min(wanted, pageCap), session);
}

export function continueRetrieve(args: Arguments, session: Session, pageCap: number): string {
  const token = args.need('token');
  const rest = session.pages.get(token);
  if (rest === undefined) throw new VimFault('InvalidProperty', 'The page is not known.', { name: token });
  session.pages.delete(token);
  const [size = String(pageCap), ...objects] = rest;
  return page(objects, Number(size), session);
}

/** What does not fit is kept, behind its page size, for the token that the answer carries. */
function page(objects: readonly string[], size: number, session: Session | null): string {
  if (objects.length === 0) return '';
  if (objects.length <= size || session === null) return `<returnval>${objects.join('')}</returnval>`;
  const token = session.nextToken();
  session.pages.set(token, [String(size), ...objects.slice(size)]);
  return `<returnval><token>${token}</token>${objects.slice(0, size).join('')}</returnval>`;
}

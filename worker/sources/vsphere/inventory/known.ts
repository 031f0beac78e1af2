/** What a session has told of its inventory so far, so that only what is different is told again. */
import type { InventoryPage } from '../../../../main/shared/inventory.ts';
import type { ManagedRef, VsphereSession } from '../session.ts';
import type { ObjectFacts, Value } from './answers.ts';
import { Places, PLACE_PROPERTIES } from './places.ts';

/** A machine's properties that are other whenever a fact of it is; small, because the server watches them for all machines. */
const VM_SIGNS = [
  'name',
  'parent',
  'parentVApp',
  'resourcePool',
  'runtime.powerState',
  'runtime.connectionState',
  'runtime.host',
  'runtime.consolidationNeeded',
  'runtime.question',
  'runtime.faultToleranceState',
  'config.changeVersion', // stands for everything below `config`
  'config.modified',
  'config.template',
  'config.changeTrackingEnabled',
  'guest.toolsRunningStatus',
  'guest.toolsVersionStatus2',
  'guest.hostName',
  'guest.net',
  'snapshot',
];
/** What a filter watches, by type. */
export const SIGNS: Readonly<Record<string, readonly string[]>> = { ...PLACE_PROPERTIES, VirtualMachine: VM_SIGNS };

interface Told {
  readonly type: string;
  readonly sign: number;
}

/** Some fifty bytes for each thing. */
export class Known {
  readonly places = new Places();
  /** Everything that is there, with the sign it was last seen with. */
  readonly #seen = new Map<string, Told>();
  /** Hosts, networks and datastores as they were last told. */
  readonly #told = new Map<string, number>();

  /** @returns whether it is new, or has another sign than before */
  see(object: ObjectFacts): boolean {
    const sign = signOf(object);
    if (this.#seen.get(object.id)?.sign === sign) return false;
    this.#seen.set(object.id, { type: object.type, sign });
    return true;
  }

  /** Whether its sign is another than when it was last seen. */
  isNews(object: ObjectFacts): boolean {
    return this.#seen.get(object.id)?.sign !== signOf(object);
  }

  /** @returns whether whoever listens was told of it */
  forget({ type, id }: ManagedRef): boolean {
    this.places.forget(id);
    this.#told.delete(id);
    return this.#seen.delete(id) && isTold(type);
  }

  /** What was there and is not among these. */
  missingFrom(ids: ReadonlySet<string>): ManagedRef[] {
    return [...this.#seen].filter(([id]) => !ids.has(id)).map(([id, { type }]) => ({ type, id }));
  }

  /** Hosts, networks and datastores that were not told yet, or otherwise. */
  placesToTell(): Pick<InventoryPage, 'hosts' | 'networks' | 'datastores'> {
    const news = <T extends { readonly ref: string }>(records: readonly T[]): T[] =>
      records.filter((record) => {
        const sign = hashOf(0, JSON.stringify(record));
        const isOther = this.#told.get(record.ref) !== sign;
        this.#told.set(record.ref, sign);
        return isOther;
      });
    const { places } = this;
    return { hosts: news(places.hosts()), networks: news(places.networks()), datastores: news(places.datastores()) };
  }
}

const bySession = new WeakMap<VsphereSession, Known>();

export function knownOf(session: VsphereSession): Known {
  const known = bySession.get(session) ?? new Known();
  bySession.set(session, known);
  return known;
}

/** Places that stand in the records of others alone. */
const UNTOLD = new Set([
  'Folder',
  'StoragePod',
  'Datacenter',
  'ComputeResource',
  'ClusterComputeResource',
  'VirtualApp',
  'DistributedVirtualSwitch',
  'VmwareDistributedVirtualSwitch',
]);

function isTold(type: string): boolean {
  return !UNTOLD.has(type);
}

function signOf({ type, properties }: ObjectFacts): number {
  let hash = 0;
  const add = (value: Value | undefined): void => {
    hash = hashOf(hash, value?.text ?? '\0');
    for (const child of value?.children ?? []) add(child);
  };
  for (const path of SIGNS[type] ?? ['name', 'parent']) add(properties.get(path));
  return hash;
}

/** FNV-1a, 32 bits. */
function hashOf(start: number, text: string): number {
  let hash = start ^ 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return Math.imul(hash ^ 0x1f, 0x01000193);
}

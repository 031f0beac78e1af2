/** The hosts and datastores of the tabs vHost and vDatastore, and what they are called elsewhere. */
import type { InventoryDatastore, InventoryHost } from '../../../../main/shared/inventory.ts';
import type { Reading } from '../records.ts';
import type { Row } from '../table.ts';
import type { Refs } from './refs.ts';
import type { vDatastore, vHost } from './tabs.ts';

export class Places {
  readonly #hosts = new Map<string, InventoryHost>();
  readonly #datastores = new Map<string, InventoryDatastore>();
  readonly #refs: Refs;

  constructor(refs: Refs) {
    this.#refs = refs;
  }

  get hosts(): InventoryHost[] {
    return [...this.#hosts.values()];
  }

  get datastores(): InventoryDatastore[] {
    return [...this.#datastores.values()];
  }

  addHost(records: Reading<keyof typeof vHost.columns>, row: Row): void {
    const [name, server] = [records.text(row, 'host') ?? '', records.text(row, 'server')];
    const key = keyOf(server, name);
    if (this.#hosts.has(key)) return;
    const host: InventoryHost = {
      ref: records.text(row, 'id') ?? `host:${name}`,
      name,
      cluster: records.text(row, 'cluster'),
      isConnected: true,
      inMaintenance: records.flag(row, 'inMaintenance') ?? false,
      cpus: (records.count(row, 'cores') ?? 0) * (records.flag(row, 'hyperthreading') === true ? 2 : 1),
      memoryBytes: records.bytes(row, 'memory') ?? 0,
      version: /\d+(?:\.\d+)+/.exec(records.text(row, 'version') ?? '')?.[0] ?? null,
    };
    this.#refs.settle(host, server);
    this.#hosts.set(key, host);
  }

  addDatastore(records: Reading<keyof typeof vDatastore.columns>, row: Row): void {
    const [name, server] = [records.text(row, 'name') ?? '', records.text(row, 'server')];
    const key = keyOf(server, name);
    if (this.#datastores.has(key)) return;
    const [capacityBytes, freeBytes] = [records.bytes(row, 'capacity'), records.bytes(row, 'free')];
    const datastore: InventoryDatastore = {
      ref: records.text(row, 'id') ?? `datastore:${name}`,
      name,
      kind: records.text(row, 'kind') ?? 'unknown',
      // One of which only half is told must not look as if it were full.
      capacityBytes: freeBytes === null ? 0 : (capacityBytes ?? 0),
      freeBytes: freeBytes ?? 0,
      isAccessible: records.flag(row, 'accessible') ?? true,
      datacenter: records.text(row, 'datacenter'),
    };
    this.#refs.settle(datastore, server);
    this.#datastores.set(key, datastore);
  }

  /** Its name, where the file does not list it. */
  hostRef(server: string | null, name: string): string {
    return this.#hosts.get(keyOf(server, name))?.ref ?? name;
  }

  datastoreRef(server: string | null, name: string): string {
    return this.#datastores.get(keyOf(server, name))?.ref ?? name;
  }
}

const keyOf = (server: string | null, name: string): string => `${server ?? ''}\n${name}`;

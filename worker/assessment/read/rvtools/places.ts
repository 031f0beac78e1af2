/** The hosts and datastores of the tabs vHost and vDatastore, and what they are called elsewhere. */
import type { InventoryDatastore, InventoryHost } from '../../../../main/shared/inventory.ts';
import type { Reading } from '../records.ts';
import type { Row } from '../table.ts';
import type { vDatastore, vHost } from './tabs.ts';

export class Places {
  readonly hosts: InventoryHost[] = [];
  readonly datastores: InventoryDatastore[] = [];
  readonly #hostRefs = new Map<string, string>();
  readonly #datastoreRefs = new Map<string, string>();

  addHost(records: Reading<keyof typeof vHost.columns>, row: Row): void {
    const [name, server] = [records.text(row, 'host') ?? '', records.text(row, 'server')];
    const key = keyOf(server, name);
    if (this.#hostRefs.has(key)) return;
    const ref = records.text(row, 'id') ?? `host:${name}`;
    this.#hostRefs.set(key, ref);
    this.hosts.push({
      ref,
      name,
      cluster: records.text(row, 'cluster'),
      isConnected: true,
      inMaintenance: records.flag(row, 'inMaintenance') ?? false,
      cpus: (records.count(row, 'cores') ?? 0) * (records.flag(row, 'hyperthreading') === true ? 2 : 1),
      memoryBytes: records.bytes(row, 'memory') ?? 0,
      version: /\d+(?:\.\d+)+/.exec(records.text(row, 'version') ?? '')?.[0] ?? null,
    });
  }

  addDatastore(records: Reading<keyof typeof vDatastore.columns>, row: Row): void {
    const [name, server] = [records.text(row, 'name') ?? '', records.text(row, 'server')];
    const key = keyOf(server, name);
    if (this.#datastoreRefs.has(key)) return;
    const ref = records.text(row, 'id') ?? `datastore:${name}`;
    this.#datastoreRefs.set(key, ref);
    const [capacityBytes, freeBytes] = [records.bytes(row, 'capacity'), records.bytes(row, 'free')];
    this.datastores.push({
      ref,
      name,
      kind: records.text(row, 'kind') ?? 'unknown',
      // One of which only half is told must not look as if it were full.
      capacityBytes: freeBytes === null ? 0 : (capacityBytes ?? 0),
      freeBytes: freeBytes ?? 0,
      isAccessible: records.flag(row, 'accessible') ?? true,
      datacenter: records.text(row, 'datacenter'),
    });
  }

  /** Its name, where the file does not list it. */
  hostRef(server: string | null, name: string): string {
    return this.#hostRefs.get(keyOf(server, name)) ?? name;
  }

  datastoreRef(server: string | null, name: string): string {
    return this.#datastoreRefs.get(keyOf(server, name)) ?? name;
  }
}

const keyOf = (server: string | null, name: string): string => `${server ?? ''}\n${name}`;

/** What a host says of itself and its machines, as a page of an inventory. */
import type { InventoryPage } from '../../../../main/shared/inventory.ts';
import type { InventoryAnswer } from '../answers.ts';
import { machineOf } from './machine.ts';
import { networksOf } from './networks.ts';

export function pageOf(answer: InventoryAnswer): InventoryPage {
  const { host, cluster, switches, places, machines, troubles } = answer;
  const hostRef = host.fqdn || host.name;
  const vms = machines.map((machine) => machineOf(machine, { host: hostRef, cluster: cluster?.name ?? null }));
  return {
    vms,
    networks: networksOf(
      switches.map(({ name }) => name),
      vms,
    ),
    // A volume of which nothing is known is left out rather than called full.
    datastores: places.flatMap(({ root, kind, size, free }) =>
      size === null || free === null
        ? []
        : [{ ref: root, name: root, kind, capacityBytes: size, freeBytes: free, isAccessible: true, datacenter: null }],
    ),
    hosts: [
      {
        ref: hostRef,
        name: hostRef,
        cluster: cluster?.name ?? null,
        isConnected: true,
        inMaintenance: cluster?.nodes.some(({ name, state }) => isSame(name, host.name) && state === 'Paused') ?? false,
        cpus: host.cpus,
        memoryBytes: host.memory,
        version: host.version || null,
      },
    ],
    gone: [],
    tagged: [],
    warnings: [
      ...troubles.map(({ message }) => message),
      ...machines.flatMap(({ name, troubles: some }) =>
        some.map(
          ({ message }) => `Something of “${name}” could not be read: ${message.replaceAll(/\s+/g, ' ').trim()}`,
        ),
      ),
    ],
  };
}

const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

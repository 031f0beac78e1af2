/** What the two data centres of the simulated world consist of. */
import type { NetworkPlace } from './machine.ts';
import type { Ref } from './values.ts';

export interface DatastorePlace {
  readonly ref: Ref;
  readonly name: string;
  /** `VMFS`, `NFS`, `vsan`. */
  readonly kind: string;
}

export interface SitePlan {
  readonly name: string;
  readonly parent: Ref;
  readonly path: string;
  readonly number: number;
  readonly folders: readonly string[];
  readonly clusters: readonly { readonly name: string; readonly hosts: readonly string[] }[];
  /** Hosts that are in maintenance: they export nothing. */
  readonly inMaintenance?: readonly string[];
  readonly alone: readonly string[];
  /** At which its hosts say that they answer; 443 without it. */
  readonly hostPort?: number;
  readonly networks: readonly Omit<NetworkPlace, 'ref' | 'uuid'>[];
  /** Of the distributed switch and of every host's own; 1500 without it. */
  readonly mtu?: number;
  readonly datastores: readonly (Omit<DatastorePlace, 'ref'> & { readonly capacityTiB: number })[];
}

/** @param branch a folder below the root, in which a data centre may stand */
export type MakePlans = (root: Ref, branch: Ref) => readonly SitePlan[];

export const plans: MakePlans = (root, branch) => {
  return [
    {
      name: 'DC0',
      parent: root,
      path: 'DC0',
      number: 1,
      folders: ['prod', 'prod/web', 'test'],
      clusters: [
        { name: 'cluster-a', hosts: ['esx-a1.lab.example', 'esx-a2.lab.example'] },
        { name: 'cluster-b', hosts: ['esx-b1.lab.example'] },
      ],
      alone: ['esx-alone.lab.example'],
      networks: [
        { name: 'VM Network', kind: 'standard', vlan: 0, accepts: ['forgedTransmits', 'macChanges'] },
        { name: 'storage %2f backup', kind: 'standard', vlan: 210 },
        { name: 'dv-web-100', kind: 'distributed', vlan: 100 },
        { name: 'dv-db-200', kind: 'distributed', vlan: 200 },
        { name: 'dv-trunk', kind: 'distributed', vlan: [0, 4094], accepts: ['promiscuous', 'forgedTransmits'] },
        { name: 'nsx-segment-1', kind: 'opaque', vlan: null },
      ],
      datastores: [
        { name: 'vmfs-fast', kind: 'VMFS', capacityTiB: 8 },
        { name: 'nfs-iso', kind: 'NFS', capacityTiB: 4 },
        { name: 'vsanDatastore', kind: 'vsan', capacityTiB: 40 },
      ],
    },
    {
      name: 'DC1',
      parent: branch,
      path: 'branch offices/DC1',
      number: 2,
      folders: ['old'],
      clusters: [{ name: 'cluster-branch', hosts: ['esx-c1.lab.example'] }],
      alone: [],
      networks: [
        { name: 'VM Network', kind: 'standard', vlan: 0 },
        { name: 'branch-dmz', kind: 'standard', vlan: 30 },
      ],
      datastores: [{ name: 'branch vmfs (1)', kind: 'VMFS', capacityTiB: 2 }],
    },
  ];
};

/** Where the machines of the window's demo stand: two data centres of a company, with clusters, networks and datastores. */
import type { MakePlans } from '../../../test/lab/vcenter/site-plans.ts';

export const FRANKFURT = 'Frankfurt';
export const HAMBURG = 'Hamburg';

export const hosts = {
  production: ['esx-fra-01', 'esx-fra-02', 'esx-fra-03', 'esx-fra-04'],
  database: ['esx-fra-05', 'esx-fra-06'],
  development: ['esx-fra-07', 'esx-fra-08'],
  branch: ['esx-ham-01', 'esx-ham-02'],
  /** It is being patched. */
  inMaintenance: 'esx-fra-09',
} as const;

/** Name, VLAN and subnet of the networks that the cloud has as well. */
export const networks = {
  web: { name: 'web-dmz', vlan: 110, prefix: '10.20.110' },
  application: { name: 'application', vlan: 120, prefix: '10.20.120' },
  database: { name: 'database', vlan: 130, prefix: '10.20.130' },
  infrastructure: { name: 'infrastructure', vlan: 140, prefix: '10.20.140' },
  office: { name: 'office', vlan: 150, prefix: '10.20.150' },
  development: { name: 'development', vlan: 160, prefix: '10.20.160' },
  branch: { name: 'branch-hamburg', vlan: 310, prefix: '10.30.10' },
} as const;
export type NetworkPlace = (typeof networks)[keyof typeof networks];

/** A network that the cloud does not have: cards on it have to be mapped by hand. */
export const BACKUP_NETWORK = 'backup';

const standard = ({ name, vlan }: NetworkPlace) => ({ name, vlan, kind: 'standard' }) as const;
const distributed = ({ name, vlan }: NetworkPlace) => ({ name, vlan, kind: 'distributed' }) as const;

export const sites: MakePlans = (root, branch) => [
  {
    name: FRANKFURT,
    parent: root,
    path: FRANKFURT,
    number: 1,
    folders: [
      'Web',
      'Applications',
      'Applications/ERP',
      'Databases',
      'Infrastructure',
      'Office',
      'Development',
      'Development/CI',
      'Retired',
    ],
    clusters: [
      { name: 'fra-production', hosts: [...hosts.production, hosts.inMaintenance] },
      { name: 'fra-database', hosts: hosts.database },
      { name: 'fra-development', hosts: hosts.development },
    ],
    alone: [],
    inMaintenance: [hosts.inMaintenance],
    networks: [
      distributed(networks.web),
      distributed(networks.application),
      distributed(networks.database),
      distributed(networks.infrastructure),
      distributed(networks.office),
      distributed(networks.development),
      { name: BACKUP_NETWORK, vlan: 210, kind: 'standard' },
    ],
    datastores: [
      { name: 'fra-vmfs-01', kind: 'VMFS', capacityTiB: 40 },
      { name: 'fra-vmfs-02', kind: 'VMFS', capacityTiB: 40 },
      { name: 'fra-vsan', kind: 'vsan', capacityTiB: 80 },
      { name: 'fra-nfs-archive', kind: 'NFS', capacityTiB: 120 },
    ],
  },
  {
    name: HAMBURG,
    parent: branch,
    path: `branch offices/${HAMBURG}`,
    number: 2,
    folders: ['Shop floor', 'Office'],
    clusters: [{ name: 'ham-branch', hosts: hosts.branch }],
    alone: [],
    networks: [standard(networks.branch)],
    datastores: [{ name: 'ham-vmfs-01', kind: 'VMFS', capacityTiB: 12 }],
  },
];

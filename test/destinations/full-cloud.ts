/** A small cloud with a little of everything in it, as a member of its project sees it. */
import { PROJECT, SmallCloud } from './small-cloud.ts';

export const NOVA = '/compute/v2.1';
export const NEUTRON = '/network/v2.0';
export const CINDER = `/volume/v3/${PROJECT.id}`;
const OTHER = 'f'.repeat(32);

export async function fullCloud(): Promise<SmallCloud> {
  const cloud = await SmallCloud.start();
  const gets: Record<string, unknown> = {
    [`${NOVA}/flavors/detail`]: {
      flavors: [
        {
          id: '1',
          name: 'm1.small',
          vcpus: 1,
          ram: 512,
          disk: 5,
          swap: '',
          'os-flavor-access:is_public': true,
          'OS-FLV-DISABLED:disabled': false,
          extra_specs: { 'hw:cpu_policy': 'dedicated' },
        },
        { id: '2', name: 'hidden', vcpus: 1, ram: 1, disk: 1, 'OS-FLV-DISABLED:disabled': true },
      ],
    },
    [`${NOVA}/os-keypairs`]: { keypairs: [{ keypair: { name: 'lab', fingerprint: 'x' } }] },
    [`${NOVA}/os-availability-zone`]: {
      availabilityZoneInfo: [
        { zoneName: 'nova', zoneState: { available: true }, hosts: null },
        { zoneName: 'broken', zoneState: { available: false }, hosts: null },
      ],
    },
    [`${NOVA}/os-server-groups`]: {
      server_groups: [{ id: 'sg1', name: 'apart', policies: ['anti-affinity'], members: ['s1'] }],
    },
    [`${NOVA}/servers`]: { servers: [{ id: 's1', name: 'web', links: [] }] },
    [`${NOVA}/limits`]: {
      limits: {
        rate: [],
        absolute: {
          maxTotalInstances: 10,
          totalInstancesUsed: 2,
          maxTotalCores: -1,
          totalCoresUsed: 3,
          maxTotalRAMSize: 51200,
          totalRAMUsed: 768,
          maxServerGroupMembers: 10,
        },
      },
    },
    [`${NEUTRON}/networks`]: {
      networks: [
        {
          id: 'n1',
          name: 'lan',
          project_id: PROJECT.id,
          shared: false,
          'router:external': false,
          mtu: 1450,
          port_security_enabled: false,
        },
        { id: 'n2', name: 'public', project_id: OTHER, shared: false, 'router:external': true, mtu: 1500 },
        { id: 'n3', name: 'theirs', project_id: OTHER, shared: false, 'router:external': false, mtu: 1500 },
        {
          id: 'n4',
          name: 'everybody’s',
          project_id: OTHER,
          shared: true,
          'router:external': false,
          mtu: null,
          'provider:network_type': 'vlan',
          'provider:segmentation_id': 120,
        },
      ],
    },
    [`${NEUTRON}/subnets`]: {
      subnets: [
        {
          id: 'u1',
          name: 'lan-v4',
          network_id: 'n1',
          cidr: '192.0.2.0/24',
          ip_version: 4,
          enable_dhcp: true,
          gateway_ip: '192.0.2.1',
          allocation_pools: [{ start: '192.0.2.100', end: '192.0.2.200' }],
          dns_nameservers: ['192.0.2.53'],
        },
        {
          id: 'u2',
          name: 'lan-v6',
          network_id: 'n1',
          cidr: '2001:db8::/64',
          ip_version: 6,
          ipv6_ra_mode: 'slaac',
          ipv6_address_mode: 'slaac',
          enable_dhcp: false,
          gateway_ip: null,
        },
      ],
    },
    [`${NEUTRON}/security-groups`]: {
      security_groups: [
        { id: 'g1', name: 'open', project_id: PROJECT.id },
        { id: 'g2', name: 'theirs', project_id: OTHER },
      ],
    },
    [`${NEUTRON}/extensions`]: {
      extensions: [
        { alias: 'port-security', name: 'Port Security', description: '', links: [] },
        { alias: 'allowed-address-pairs', name: 'Allowed Address Pairs', description: '', links: [] },
      ],
    },
    [`${NEUTRON}/ports`]: {
      ports: [
        {
          id: 'p1',
          mac_address: 'fa:16:3e:00:00:01',
          network_id: 'n1',
          fixed_ips: [{ subnet_id: 'u1', ip_address: '192.0.2.100' }],
          name: 'guts-mig_0123456789ab-port-4000',
          device_owner: 'compute:nova',
        },
      ],
    },
    [`${NEUTRON}/quotas/${PROJECT.id}/details.json`]: {
      quota: {
        port: { limit: 500, used: 1, reserved: 2 },
        floatingip: { limit: -1, used: 4, reserved: 0 },
        network: { limit: 1, used: 1, reserved: 0 },
      },
    },
    [`${CINDER}/types`]: {
      volume_types: [
        { id: 't1', name: '__DEFAULT__', is_public: true },
        {
          id: 't2',
          name: 'fast',
          is_public: true,
          extra_specs: { volume_backend_name: 'flash', multiattach: '<is> True' },
        },
      ],
    },
    [`${CINDER}/types/default`]: { volume_type: { id: 't2', name: 'fast' } },
    [`${CINDER}/limits`]: {
      limits: {
        rate: [],
        absolute: { maxTotalVolumes: 10, totalVolumesUsed: 1, maxTotalVolumeGigabytes: 1000, totalGigabytesUsed: 20 },
      },
    },
    [`${CINDER}/os-quota-sets/${PROJECT.id}`]: {
      quota_set: {
        id: PROJECT.id,
        volumes: { limit: 10, in_use: 1, reserved: 0 },
        per_volume_gigabytes: { limit: 500, in_use: 0, reserved: 0 },
        volumes_fast: { limit: 3, in_use: 1, reserved: 1 },
        gigabytes_fast: { limit: -1, in_use: 20, reserved: 0 },
        volumes___DEFAULT__: { limit: -1, in_use: 0, reserved: 0 },
        gigabytes___DEFAULT__: { limit: 40, in_use: 0, reserved: 0 },
        groups: { limit: 10, in_use: 0, reserved: 0 },
      },
    },
    [`${CINDER}/scheduler-stats/get_pools`]: {
      pools: [
        {
          name: 'host@flash#a',
          capabilities: { volume_backend_name: 'flash', total_capacity_gb: 251.97, free_capacity_gb: '71.5' },
        },
        { name: 'host@odd#b', capabilities: { total_capacity_gb: 'infinite', free_capacity_gb: 'unknown' } },
      ],
    },
    [`${NEUTRON}/network-ip-availabilities`]: { network_ip_availabilities: [] },
    '/image/v2/schemas/image': {
      name: 'image',
      properties: { disk_format: { type: ['null', 'string'], enum: [null, 'raw', 'qcow2', 'vmdk'] } },
    },
    '/image/v2/images': { images: [] },
    '/identity/v3/auth/projects': {
      projects: [
        { id: PROJECT.id, name: 'migration', enabled: true },
        { id: OTHER, name: 'gone', enabled: false },
      ],
    },
  };
  for (const [path, body] of Object.entries(gets)) cloud.on(`GET ${path}`, () => ({ body }));
  cloud.onRemovalOfFlavors({ status: 403, body: { forbidden: { code: 403, message: 'Policy' } } });
  return cloud;
}

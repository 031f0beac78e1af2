/** A server as Nova shows it, by microversion. */
import type { Cloud } from './cloud.ts';
import type { Call } from './web.ts';
import type { NovaServer } from './words.ts';

const POWER: Record<NovaServer['status'], number> = { BUILD: 0, ACTIVE: 1, SHUTOFF: 4, ERROR: 0 };
const VM_STATE: Record<NovaServer['status'], string> = {
  BUILD: 'building',
  ACTIVE: 'active',
  SHUTOFF: 'stopped',
  ERROR: 'error',
};

export function serverBody(cloud: Cloud, server: NovaServer, { base, minor }: Call): object {
  const { flavor } = server;
  const link = (path: string): object[] => [{ rel: 'self', href: `${base}/v2.1/${path}` }];
  const embedded = {
    vcpus: flavor.vcpus,
    ram: flavor.ram,
    disk: flavor.disk,
    ephemeral: 0,
    swap: 0,
    original_name: flavor.name,
    extra_specs: flavor.extraSpecs,
  };
  return {
    id: server.id,
    name: server.name,
    status: server.status,
    tenant_id: server.projectId,
    user_id: server.userId,
    metadata: server.metadata,
    hostId: server.status === 'ACTIVE' ? HOST_ID : '',
    image: server.imageId === '' ? '' : { id: server.imageId, links: link(`images/${server.imageId}`) },
    flavor: minor >= 47 ? embedded : { id: flavor.id, links: link(`flavors/${flavor.id}`) },
    created: server.createdAt,
    updated: server.updatedAt,
    addresses: addressesOf(cloud, server),
    accessIPv4: '',
    accessIPv6: '',
    links: link(`servers/${server.id}`),
    'OS-DCF:diskConfig': 'MANUAL',
    ...(server.status === 'ACTIVE' ? { progress: 0 } : {}),
    'OS-EXT-AZ:availability_zone': server.status === 'ACTIVE' ? server.zone : '',
    config_drive: server.hasConfigDrive ? 'True' : '',
    key_name: server.keyName,
    'OS-SRV-USG:launched_at': server.launchedAt?.replace('Z', '.000000') ?? null,
    'OS-SRV-USG:terminated_at': null,
    'OS-EXT-STS:task_state': server.taskState,
    'OS-EXT-STS:vm_state': VM_STATE[server.status],
    'OS-EXT-STS:power_state': POWER[server.status],
    'os-extended-volumes:volumes_attached': server.attachments.map(({ volumeId, deleteOnTermination }) => ({
      id: volumeId,
      ...(minor >= 3 ? { delete_on_termination: deleteOnTermination } : {}),
    })),
    security_groups: server.securityGroups.map((name) => ({ name })),
    ...(server.fault === null ? {} : { fault: server.fault }),
    ...(minor >= 9 ? { locked: false } : {}),
    ...(minor >= 19 ? { description: server.description } : {}),
    ...(minor >= 26 ? { tags: server.tags } : {}),
    ...(minor >= 63 ? { trusted_image_certificates: null } : {}),
    ...(minor >= 71 ? { server_groups: server.serverGroupId === null ? [] : [server.serverGroupId] } : {}),
  };
}

const HOST_ID = '5f0c6a5b3e0d4a4ab8a5d2e9b1b6c4f7a1c3d5e7f90b2d4f6a8c0e1f';

/** By network name: fixed addresses and the floating ones that lead to them. */
function addressesOf(cloud: Cloud, server: NovaServer): Record<string, object[]> {
  const addresses: Record<string, object[]> = {};
  for (const id of server.portIds) {
    const port = cloud.ports.get(id);
    const network = cloud.networks.get(port?.networkId ?? '');
    if (port === undefined || network === undefined) continue;
    const of = (addr: string, type: string) => ({
      version: 4,
      addr,
      'OS-EXT-IPS:type': type,
      'OS-EXT-IPS-MAC:mac_addr': port.mac,
    });
    const floating = [...cloud.floatingIps.values()].filter(({ portId }) => portId === id);
    addresses[network.name] = [
      ...(addresses[network.name] ?? []),
      ...port.fixedIps.map((fixed) => of(fixed.ip_address, 'fixed')),
      ...floating.map(({ address }) => of(address, 'floating')),
    ];
  }
  return addresses;
}

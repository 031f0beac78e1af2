/** The networks of a simulated data centre: standard ones, port groups of a distributed switch, opaque ones. */
import { type NetworkPlace, uuidOf } from './machine.ts';
import type { SitePlan } from './site-plans.ts';
import { data, type Data, list, type Ref, refs, subtype, type Value } from './values.ts';

/** How things are put into the inventory. */
export interface Building {
  machinesOn(ref: Ref): Ref[];
  hang(parent: Ref, ref: Ref): Ref;
  add(ref: Ref, properties: Readonly<Record<string, () => Value | undefined>>): Ref;
}

export function makeNetworks(
  plan: SitePlan,
  room: Ref,
  hosts: () => readonly Ref[],
  { machinesOn, hang, add }: Building,
): Map<string, NetworkPlace> {
  const switchUuid = uuidOf(`dvs ${plan.name}`).replaceAll('-', ' ');
  const dvs: Ref = { type: 'VmwareDistributedVirtualSwitch', id: `dvs-${plan.number}` };
  const made = new Map<string, NetworkPlace>();
  const groups: Ref[] = [];
  const types = { standard: 'Network', distributed: 'DistributedVirtualPortgroup', opaque: 'OpaqueNetwork' };
  const uplinks = { name: 'dvs-uplinks', kind: 'distributed', vlan: [0, 4094] } as const;
  const hasSwitch = plan.networks.some(({ kind }) => kind === 'distributed');
  for (const [index, network] of [...plan.networks, ...(hasSwitch ? [uplinks] : [])].entries()) {
    const prefix = network.kind === 'distributed' ? 'dvportgroup' : network.kind === 'opaque' ? 'network-o' : 'network';
    const ref = hang(room, { type: types[network.kind], id: `${prefix}-${plan.number}${index}` });
    const uuid = network.kind === 'distributed' ? switchUuid : uuidOf(`network ${plan.name} ${network.name}`);
    if (network.kind === 'distributed') groups.push(ref);
    if (network !== uplinks) made.set(network.name, { ...network, ref, uuid });
    add(ref, {
      name: () => network.name,
      parent: () => room,
      summary: () => networkSummary(network, ref, uuid),
      host: () => refs(hosts()),
      vm: () => refs(machinesOn(ref)),
      ...(network.kind === 'distributed' ? portGroupProperties(network, ref, dvs, network === uplinks) : {}),
    });
  }
  if (hasSwitch) {
    hang(room, dvs);
    add(dvs, {
      name: () => 'dvs-main',
      parent: () => room,
      uuid: () => switchUuid,
      portgroup: () => refs(groups),
    });
  }
  return made;
}

function networkSummary(network: Omit<NetworkPlace, 'ref' | 'uuid'>, ref: Ref, uuid: string): Data {
  const fields = { network: ref, name: network.name, accessible: true, ipPoolName: '' };
  if (network.kind !== 'opaque') return data('NetworkSummary', fields);
  return data('OpaqueNetworkSummary', { ...fields, opaqueNetworkId: uuid, opaqueNetworkType: 'nsx.LogicalSwitch' });
}

function portGroupProperties(
  { name, vlan }: Omit<NetworkPlace, 'ref' | 'uuid'>,
  ref: Ref,
  dvs: Ref,
  isUplink: boolean,
): Record<string, () => Value | undefined> {
  const spec =
    typeof vlan === 'number'
      ? subtype('VmwareDistributedVirtualSwitchVlanIdSpec', { inherited: false, vlanId: vlan })
      : subtype('VmwareDistributedVirtualSwitchTrunkVlanSpec', {
          inherited: false,
          vlanId: list('NumericRange', [data('NumericRange', { start: vlan?.[0] ?? 0, end: vlan?.[1] ?? 4094 })]),
        });
  const tag = data('Tag', { key: 'SYSTEM/DVS.UPLINKPG' });
  return {
    key: () => ref.id,
    tag: () => list('Tag', isUplink ? [tag] : []),
    config: () =>
      data('DVPortgroupConfigInfo', {
        key: ref.id,
        name,
        numPorts: 8,
        distributedVirtualSwitch: dvs,
        defaultPortConfig: subtype('VMwareDVSPortSetting', { vlan: spec }),
        type: 'earlyBinding',
        uplink: isUplink,
      }),
  };
}

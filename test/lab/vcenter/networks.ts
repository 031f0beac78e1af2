/** The networks of a simulated data centre: standard ones, port groups of a distributed switch, opaque ones. */
import { type NetworkPlace, uuidOf } from './machine.ts';
import type { SitePlan } from './site-plans.ts';
import { data, type Data, list, type Ref, refs, subtype, type Value } from './values.ts';

const DEFAULT_MTU = 1500;

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
  const uplinks: SitePlan['networks'][number] = { name: 'dvs-uplinks', kind: 'distributed', vlan: [0, 4094] };
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
      config: () =>
        data('VMwareDVSConfigInfo', {
          uuid: switchUuid,
          name: 'dvs-main',
          numPorts: 1024,
          host: list(
            'DistributedVirtualSwitchHostMember',
            hosts().map((host) =>
              data('DistributedVirtualSwitchHostMember', {
                config: data('DistributedVirtualSwitchHostMemberConfigInfo', { host, maxProxySwitchPorts: 512 }),
                status: 'up',
              }),
            ),
          ),
          maxMtu: plan.mtu ?? DEFAULT_MTU,
        }),
    });
  }
  return made;
}

/** The standard port groups of a host, with the policy that holds for each. */
export const portGroupsOf = ({ networks }: SitePlan): Value =>
  list(
    'HostPortGroup',
    networks.flatMap(({ name, kind, vlan, accepts }) => {
      if (kind !== 'standard' || typeof vlan !== 'number') return [];
      const spec = data('HostPortGroupSpec', { name, vlanId: vlan, vswitchName: 'vSwitch0' });
      const computedPolicy = data('HostNetworkPolicy', {
        security: data('HostNetworkSecurityPolicy', accepted(accepts)),
        nicTeaming: data('HostNicTeamingPolicy', { policy: 'loadbalance_srcid', reversePolicy: true }),
        shapingPolicy: data('HostNetworkTrafficShapingPolicy', { enabled: false }),
      });
      return [data('HostPortGroup', { key: `key-vim.host.PortGroup-${name}`, computedPolicy, spec })];
    }),
  );

/** The virtual switches of a host. */
export const hostSwitchesOf = ({ mtu }: SitePlan): Value =>
  list('HostVirtualSwitch', [
    data('HostVirtualSwitch', {
      name: 'vSwitch0',
      key: 'key-vim.host.VirtualSwitch-vSwitch0',
      numPorts: 2560,
      numPortsAvailable: 2530,
      mtu: mtu ?? DEFAULT_MTU,
    }),
  ]);

const accepted = (accepts: NetworkPlace['accepts'] = []) => ({
  allowPromiscuous: accepts.includes('promiscuous'),
  macChanges: accepts.includes('macChanges'),
  forgedTransmits: accepts.includes('forgedTransmits'),
});

function networkSummary(network: Omit<NetworkPlace, 'ref' | 'uuid'>, ref: Ref, uuid: string): Data {
  const fields = { network: ref, name: network.name, accessible: true, ipPoolName: '' };
  if (network.kind !== 'opaque') return data('NetworkSummary', fields);
  return data('OpaqueNetworkSummary', { ...fields, opaqueNetworkId: uuid, opaqueNetworkType: 'nsx.LogicalSwitch' });
}

function portGroupProperties(
  { name, vlan, accepts }: Omit<NetworkPlace, 'ref' | 'uuid'>,
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
  const policy = (value: boolean): Data => data('BoolPolicy', { inherited: false, value });
  const { allowPromiscuous, macChanges, forgedTransmits } = accepted(accepts);
  return {
    key: () => ref.id,
    tag: () => list('Tag', isUplink ? [tag] : []),
    config: () =>
      data('DVPortgroupConfigInfo', {
        key: ref.id,
        name,
        numPorts: 8,
        distributedVirtualSwitch: dvs,
        defaultPortConfig: subtype('VMwareDVSPortSetting', {
          blocked: policy(false),
          inShapingPolicy: data('DVSTrafficShapingPolicy', { inherited: false, enabled: policy(false) }),
          vlan: spec,
          securityPolicy: data('DVSSecurityPolicy', {
            inherited: false,
            allowPromiscuous: policy(allowPromiscuous),
            macChanges: policy(macChanges),
            forgedTransmits: policy(forgedTransmits),
          }),
          macManagementPolicy: data('DVSMacManagementPolicy', { inherited: false, ...accepted(accepts) }),
        }),
        type: 'earlyBinding',
        uplink: isUplink,
      }),
  };
}

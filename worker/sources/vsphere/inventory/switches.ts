/** What virtual switches say of their port groups: VLANs, what a card may do there, how large a frame may be. */
import type { InventoryNetwork, SwitchAllowance } from '../../../../main/shared/inventory.ts';
import { childOf, countOf, isTrue, textAt, textOf, type Value } from './answers.ts';

/** 1 to 4094 are VLANs, 0 is none; 4095 hands all of them to the guest. */
const ALL_VLANS = 4095;
const EVERY_VLAN = ['1-4094'];

/** What is told of a network, and where the rest of it stands. */
export interface NetworkFacts {
  readonly kind: InventoryNetwork['kind'];
  readonly isUplink: boolean;
  readonly vlanId: number | null;
  /** Hosts of a standard port group; empty where the server does not tell. */
  readonly hosts: readonly string[];
  /** The switch of a distributed port group. */
  readonly switchRef: string | null;
  readonly told: Pick<InventoryNetwork, 'allows' | 'trunk' | 'policies'>;
}

/** A standard port group as one host has it. */
interface HostPortGroup {
  readonly vlanId: number | null;
  readonly allows: SwitchAllowance | null;
  readonly mtu: number | null;
  readonly isShaped: boolean;
}

/** A host's standard port groups, by their names. */
export type HostPortGroups = ReadonlyMap<string, HostPortGroup>;

type At = (path: string) => Value | undefined;

/** @param nameOf how a stored name is shown */
export function hostPortGroupsOf(at: At, nameOf: (stored: string) => string): HostPortGroups {
  const switches = at('config.network.vswitch')?.children ?? [];
  const mtus = new Map(switches.map((one) => [textAt(one, 'name'), countOf(childOf(one, 'mtu'))]));
  const groups = new Map<string, HostPortGroup>();
  for (const group of at('config.network.portgroup')?.children ?? []) {
    const spec = childOf(group, 'spec');
    const policy = childOf(group, 'computedPolicy');
    groups.set(nameOf(textAt(spec, 'name') ?? ''), {
      vlanId: countOf(childOf(spec, 'vlanId')),
      allows: allowanceOf(childOf(policy, 'security'), (value) => value),
      mtu: mtus.get(textAt(spec, 'vswitchName')) ?? null,
      isShaped: isTrue(childOf(childOf(policy, 'shapingPolicy'), 'enabled')),
    });
  }
  return groups;
}

/**
 * A standard port group, of which every host has its own: a VLAN where all agree, and otherwise what one of them lets pass,
 * because the machine may be on that one.
 */
export function standardFacts(
  groups: readonly HostPortGroup[],
): Pick<InventoryNetwork, 'vlanId' | 'allows' | 'trunk' | 'mtu' | 'policies'> {
  const vlans = new Set(groups.flatMap(({ vlanId }) => vlanId ?? []));
  const [vlan = ALL_VLANS] = vlans;
  const allowances = groups.flatMap(({ allows }) => allows ?? []);
  const mtus = groups.flatMap(({ mtu }) => mtu || []);
  const some = (may: (one: SwitchAllowance) => boolean): boolean => allowances.some(may);
  return {
    vlanId: vlans.size === 1 && vlan < ALL_VLANS ? vlan : null,
    ...(vlans.size === 1 && vlan === ALL_VLANS ? { trunk: EVERY_VLAN } : {}),
    ...(allowances.length === 0
      ? {}
      : {
          allows: {
            promiscuous: some((one) => one.promiscuous),
            forgedTransmits: some((one) => one.forgedTransmits),
            macChanges: some((one) => one.macChanges),
          },
        }),
    ...(mtus.length === 0 ? {} : { mtu: Math.max(...mtus) }),
    ...(groups.some(({ isShaped }) => isShaped) ? { policies: ['limits the bandwidth of what is sent'] } : {}),
  };
}

/** The largest frame of a distributed switch; null where it is no such switch, or does not tell. */
export const switchMtuOf = (config: Value | undefined): number | null => countOf(childOf(config, 'maxMtu')) || null;

export function networkFactsOf(type: string, at: At): NetworkFacts {
  const nothing = { isUplink: false, vlanId: null, hosts: [], switchRef: null, told: {} };
  if (type === 'OpaqueNetwork') return { ...nothing, kind: 'opaque' };
  if (type === 'Network')
    return { ...nothing, kind: 'standard', hosts: (at('host')?.children ?? []).map(({ text }) => text) };
  const config = at('config.defaultPortConfig');
  const vlan = childOf(config, 'vlan');
  const trunk = trunkOf(vlan);
  const allows = allowedBy(config);
  const policies = policiesOf(config);
  return {
    kind: 'distributed',
    isUplink: (at('tag')?.children ?? []).some((tag) => textAt(tag, 'key') === 'SYSTEM/DVS.UPLINKPG'),
    vlanId: vlan?.schemaType === 'VmwareDistributedVirtualSwitchVlanIdSpec' ? countOf(childOf(vlan, 'vlanId')) : null,
    hosts: [],
    switchRef: textOf(at('config.distributedVirtualSwitch')),
    told: {
      ...(allows === null ? {} : { allows }),
      ...(trunk.length === 0 ? {} : { trunk }),
      ...(policies.length === 0 ? {} : { policies }),
    },
  };
}

/** `100-200`, `300`; nothing of what is no trunk. */
function trunkOf(vlan: Value | null): string[] {
  if (vlan?.schemaType !== 'VmwareDistributedVirtualSwitchTrunkVlanSpec') return [];
  return vlan.children.flatMap((range) => {
    const [start, end] = [countOf(childOf(range, 'start')), countOf(childOf(range, 'end'))];
    if (range.name !== 'vlanId' || start === null || end === null) return [];
    return start === end ? `${start}` : `${start}-${end}`;
  });
}

/** From vSphere 6.7 on it stands in a policy of its own; what was there before is kept for the older ones. */
function allowedBy(config: Value | null | undefined): SwitchAllowance | null {
  const byMac = allowanceOf(childOf(config, 'macManagementPolicy'), (value) => value);
  return byMac ?? allowanceOf(childOf(config, 'securityPolicy'), (value) => childOf(value, 'value'));
}

function allowanceOf(policy: Value | null, valueOf: (value: Value | null) => Value | null): SwitchAllowance | null {
  const [promiscuous, forged, changes] = ['allowPromiscuous', 'forgedTransmits', 'macChanges'].map((name) =>
    valueOf(childOf(policy, name)),
  );
  if (!promiscuous && !forged && !changes) return null;
  return { promiscuous: isTrue(promiscuous), forgedTransmits: isTrue(forged), macChanges: isTrue(changes) };
}

function policiesOf(config: Value | undefined): string[] {
  const isOn = (name: string, field: string): boolean =>
    isTrue(childOf(childOf(childOf(config, name), field), 'value'));
  const filters = childOf(config, 'filterPolicy')?.children.filter(({ name }) => name === 'filterConfig') ?? [];
  return [
    ...(isOn('inShapingPolicy', 'enabled') ? ['limits the bandwidth of what is sent'] : []),
    ...(isOn('outShapingPolicy', 'enabled') ? ['limits the bandwidth of what is received'] : []),
    ...(filters.length > 0 ? ['filters what passes'] : []),
    ...(isTrue(childOf(childOf(config, 'ipfixEnabled'), 'value')) ? ['records what passes (NetFlow)'] : []),
  ];
}

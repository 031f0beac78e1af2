/** The networks of the tabs vPort and dvPort, with what their switches allow, and which of them a card is on. */
import type { InventoryNetwork } from '../../../../main/shared/inventory.ts';
import type { Reading } from '../records.ts';
import type { Row } from '../table.ts';
import type { Warnings } from '../warnings.ts';
import type { NetworkNames } from './nics.ts';
import type { Refs } from './refs.ts';
import type { dvPort, dvSwitch, vPort, vSwitch } from './tabs.ts';

type PortField = keyof typeof vPort.columns & keyof typeof dvPort.columns;
type Allows = NonNullable<InventoryNetwork['allows']>;

interface Known {
  readonly network: InventoryNetwork;
  readonly switches: Set<string>;
}

const ALL_VLANS = 4095;
const UPLINKS = /-DVUplinks-\d+$/i;
const keyOf = (...parts: readonly (string | null)[]): string => parts.map((part) => part ?? '').join('\n');

export class Networks implements NetworkNames {
  readonly #all = new Map<string, Known>();
  readonly #byName = new Map<string, Known[]>();
  readonly #mtus = new Map<string, number>();
  readonly #refs: Refs;
  readonly #warnings: Warnings;

  constructor(refs: Refs, warnings: Warnings) {
    this.#refs = refs;
    this.#warnings = warnings;
  }

  list(): InventoryNetwork[] {
    return [...this.#all.values()].map(({ network }) => network);
  }

  addSwitch(records: Reading<keyof typeof vSwitch.columns>, row: Row): void {
    this.#addMtu(
      keyOf(records.text(row, 'server'), records.text(row, 'host'), records.text(row, 'switch')),
      records.count(row, 'mtu'),
    );
  }

  addDistributedSwitch(records: Reading<keyof typeof dvSwitch.columns>, row: Row): void {
    this.#addMtu(keyOf(records.text(row, 'server'), null, records.text(row, 'switch')), records.count(row, 'mtu'));
  }

  /** A standard port group, which each host tells for itself. */
  addStandard(records: Reading<keyof typeof vPort.columns>, row: Row): void {
    const [name, server, datacenter] = [
      records.text(row, 'name') ?? '',
      records.text(row, 'server'),
      records.text(row, 'datacenter'),
    ];
    const switchName = records.text(row, 'switch');
    const told: InventoryNetwork = {
      ref: `network:${datacenter === null ? '' : `${datacenter}/`}${name}`,
      name,
      kind: 'standard',
      datacenter,
      ...vlanIn(records.text(row, 'vlan')),
      ...this.#allowsIn(records, row),
      ...mtuOf(this.#mtus.get(keyOf(server, records.text(row, 'host'), switchName))),
    };
    const known = this.#add(keyOf('standard', server, datacenter, name), told, { server, switchName });
    if (known.vlanId !== told.vlanId)
      this.#warnings.add(
        'vPort: VLANs that differ',
        `vPort, row ${row.number}: hosts give “${name}” different VLANs; the first that was told counts.`,
      );
    if (known.allows !== undefined && told.allows !== undefined) known.allows = eitherOf(known.allows, told.allows);
    if (known.mtu !== undefined && told.mtu !== undefined) known.mtu = Math.min(known.mtu, told.mtu);
  }

  addDistributed(records: Reading<keyof typeof dvPort.columns>, row: Row): void {
    const [name, server, switchName] = [
      records.text(row, 'name') ?? '',
      records.text(row, 'server'),
      records.text(row, 'switch'),
    ];
    if (UPLINKS.test(name)) return;
    this.#add(
      keyOf('distributed', server, switchName, name),
      {
        ref: records.text(row, 'id') ?? `network:${switchName ?? ''}/${name}`,
        name,
        kind: 'distributed',
        datacenter: records.text(row, 'datacenter'),
        ...vlanIn(records.text(row, 'vlan')),
        ...this.#allowsIn(records, row),
        ...mtuOf(this.#mtus.get(keyOf(server, null, switchName))),
      },
      { server, switchName },
    );
  }

  /**
   * By name; of several by the switch, then by the data centre. One that no tab tells of, or of which nothing says which
   * it is, is made up from its name.
   */
  refOf({ name, switchName, machine }: Parameters<NetworkNames['refOf']>[0]): string {
    const { server, vm } = machine;
    const named = this.#byName.get(keyOf(server, name)) ?? [];
    const onSwitch = named.filter(({ switches }) => switchName !== null && switches.has(switchName));
    const inPlace = named.filter(({ network }) => network.kind === 'standard' && network.datacenter === vm.datacenter);
    const [found] = [named, onSwitch, inPlace].find(({ length }) => length === 1) ?? [];
    if (found !== undefined) return found.network.ref;
    const ref = `network:${vm.datacenter === null ? '' : `${vm.datacenter}/`}${name}`;
    const made: InventoryNetwork = { ref, name, kind: 'standard', vlanId: null, datacenter: vm.datacenter };
    return this.#add(keyOf('standard', server, vm.datacenter, name), made, { server, switchName }).ref;
  }

  #add(
    key: string,
    network: InventoryNetwork,
    { server, switchName }: { server: string | null; switchName: string | null },
  ): InventoryNetwork {
    const known = this.#all.get(key) ?? { network, switches: new Set() };
    if (switchName !== null) known.switches.add(switchName);
    if (this.#all.has(key)) return known.network;
    this.#refs.settle(network, server);
    this.#all.set(key, known);
    const name = keyOf(server, network.name);
    const named = this.#byName.get(name);
    if (named === undefined) this.#byName.set(name, [known]);
    else named.push(known);
    return known.network;
  }

  #addMtu(key: string, mtu: number | null): void {
    if (mtu !== null && mtu > 0) this.#mtus.set(key, mtu);
  }

  #allowsIn(records: Reading<PortField>, row: Row): { allows?: Allows } {
    const [promiscuous, macChanges, forgedTransmits] = [
      records.flag(row, 'promiscuous'),
      records.flag(row, 'macChanges'),
      records.flag(row, 'forgedTransmits'),
    ];
    return promiscuous === null || macChanges === null || forgedTransmits === null
      ? {}
      : { allows: { promiscuous, macChanges, forgedTransmits } };
  }
}

const eitherOf = (one: Allows, other: Allows): Allows => ({
  promiscuous: one.promiscuous || other.promiscuous,
  macChanges: one.macChanges || other.macChanges,
  forgedTransmits: one.forgedTransmits || other.forgedTransmits,
});

const mtuOf = (mtu: number | undefined): { mtu?: number } => (mtu === undefined ? {} : { mtu });

/** `100`; `0` is none; `4095`, `1-100, 200` are trunks. */
function vlanIn(written: string | null): Pick<InventoryNetwork, 'vlanId' | 'trunk'> {
  const parts = (written ?? '').split(/[,;]/).map((part) => part.replaceAll(/\s/g, ''));
  if (parts.length === 1 && /^\d{1,4}$/.test(parts[0] ?? '')) {
    const vlanId = Number(parts[0]);
    if (vlanId < ALL_VLANS) return { vlanId };
    return vlanId === ALL_VLANS ? { vlanId: null, trunk: ['0-4094'] } : { vlanId: null };
  }
  return parts.every((part) => /^\d{1,4}(?:-\d{1,4})?$/.test(part)) ? { vlanId: null, trunk: parts } : { vlanId: null };
}

/** The network cards of the tab vNetwork. */
import { isIP } from 'node:net';
import type { InventoryNic } from '../../../../main/shared/inventory.ts';
import type { Reading } from '../records.ts';
import type { Row } from '../table.ts';
import type { Warnings } from '../warnings.ts';
import type { Machine, Machines } from './machines.ts';
import type { vNetwork } from './tabs.ts';

type VNetwork = keyof typeof vNetwork.columns;

export interface NetworkNames {
  /** The ref of the network that a card is on. */
  refOf(place: { name: string; switchName: string | null; machine: Machine }): string;
}

/** A card that was told before, by its MAC and its label or network, is no second one; addresses that are new are the card’s. */
export function addNic(
  records: Reading<VNetwork>,
  row: Row,
  machine: Machine,
  { machines, networks, warnings }: { machines: Machines; networks: NetworkNames; warnings: Warnings },
): void {
  const text = (field: VNetwork): string | null => records.text(row, field);
  const { nics } = machine.vm;
  const networkName = machines.word(text('network'));
  const written = text('mac');
  const mac = macOf(written);
  if (written !== null && mac === null)
    warnings.add(
      'vNetwork: MAC addresses',
      `vNetwork, row ${row.number}: “${written.slice(0, 40)}” is no MAC address.`,
    );
  const label = text('label');
  const addresses = [...new Set([text('ipv4') ?? text('ip'), text('ipv6')].flatMap(addressesIn))];
  const before =
    mac === null
      ? undefined
      : nics.find((nic) => nic.mac === mac && (label === null ? nic.networkName === networkName : nic.label === label));
  if (before !== undefined) {
    warnings.add(
      'vNetwork: cards told twice',
      `vNetwork, row ${row.number}: the card ${mac} of “${machine.vm.name}” was told before; this row is no card of its own.`,
    );
    for (const address of addresses)
      if (before.ipAddresses.every((one) => one.address !== address))
        before.ipAddresses.push({ address, prefixLength: null });
    return;
  }
  nics.push({
    key: String(4000 + nics.length),
    label: machines.word(label ?? `Network adapter ${nics.length + 1}`),
    model: machines.word(modelOf(text('adapter'))),
    mac,
    network: networkName === null ? null : networks.refOf({ name: networkName, switchName: text('switch'), machine }),
    networkName,
    connected: records.flag(row, 'startsConnected') ?? records.flag(row, 'connected') ?? true,
    ipAddresses: addresses.map((address) => ({ address, prefixLength: null })),
  });
}

/** `00:50:56:AA:BB:CC`, `00-50-56-…`, `005056aabbcc`; null for anything else. */
export function macOf(written: string | null): string | null {
  const digits = written?.replaceAll(/[\s:.-]/g, '').toLowerCase() ?? '';
  return /^[0-9a-f]{12}$/.test(digits) ? (digits.match(/../g) ?? []).join(':') : null;
}

export const addressesIn = (list: string | null): string[] =>
  (list ?? '')
    .split(/[,;|\s]+/)
    .map((address) => address.replace(/(?:\/\d{1,3}|%.*)$/, ''))
    .filter((address) => isIP(address) !== 0)
    .slice(0, 64);

/** `VirtualVmxnet3` and `Vmxnet3` → `vmxnet3`. */
function modelOf(adapter: string | null): InventoryNic['model'] {
  const plain = (adapter ?? 'unknown')
    .toLowerCase()
    .replaceAll(/[\s_-]/g, '')
    .replace(/^virtual/, '');
  if (/sriov/.test(plain)) return 'sriov';
  return /vmxnet3|vmxnet2|vmxnet|e1000e|e1000|pcnet32/.exec(plain)?.[0] ?? (plain === 'flexible' ? 'pcnet32' : plain);
}

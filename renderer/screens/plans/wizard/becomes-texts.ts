/** What the machines of a plan become, in sentences: the network of each card, what becomes of its address, and the size. */
import type { CloudFacts, CloudNetwork } from '../../../../main/shared/cloud.ts';
import type { InventoryNic } from '../../../../main/shared/inventory.ts';
import type { NetworkChoice } from '../../../../main/shared/migration.ts';
import { bootDiskOf, sizeGiBOf } from '../../../../main/shared/proposals/disks.ts';
import { chooseFlavor, needOf } from '../../../../main/shared/proposals/flavor.ts';
import { choiceFor, keepable, networkNamed } from '../../../../main/shared/proposals/networks.ts';
import type { Wanted } from '../../../../main/shared/proposals/totals.ts';
import { numberText } from '../../../texts/format.ts';
import { t } from '../../../texts/t.ts';

/** So many addresses are named. */
const MOST_NAMED = 4;

const fates = ['kept', 'fixed', 'partly', 'changed', 'unknown'] as const;
type Fate = (typeof fates)[number];

interface Told {
  readonly refs: Set<string>;
  readonly addresses: string[];
}

/** A sentence for each network of the cloud on which somebody turned port security off. */
export function openPortTexts(wanted: readonly Wanted[], facts: CloudFacts): string[] {
  const open = new Map<string, Set<string>>();
  for (const { vm, options } of wanted)
    for (const nic of vm.nics) {
      const choice = choiceFor({ name: nic.networkName, ref: nic.network }, options.networks);
      if (choice?.portSecurity !== false) continue;
      const network = networkNamed(choice.to, facts)?.name ?? choice.to;
      open.set(network, (open.get(network) ?? new Set()).add(vm.ref));
    }
  return [...open].map(([network, refs]) =>
    t('wizard.portsOpen', { network, count: refs.size, number: numberText(refs.size) }),
  );
}

/** A sentence for each pair of networks: “lan” becomes “private”: 2 VMs keep their addresses. */
export function networkTexts(wanted: readonly Wanted[], facts: CloudFacts): string[] {
  const pairs = new Map<string, { readonly from: string; readonly to: string; readonly told: Map<Fate, Told> }>();
  for (const { vm, options } of wanted)
    for (const nic of vm.nics) {
      const choice = choiceFor({ name: nic.networkName, ref: nic.network }, options.networks);
      const network = choice === undefined ? null : networkNamed(choice.to, facts);
      if (choice === undefined || network === null) continue;
      const from = nic.networkName ?? nic.network ?? '';
      const key = JSON.stringify([from, network.id]);
      const pair = pairs.get(key) ?? { from, to: network.name, told: new Map<Fate, Told>() };
      pairs.set(key, pair);
      const [fate, addresses] = fateOf(nic, choice, network);
      const told = pair.told.get(fate) ?? { refs: new Set(), addresses: [] };
      pair.told.set(fate, told);
      told.refs.add(vm.ref);
      told.addresses.push(...addresses);
    }
  return [...pairs.values()].map(({ from, to, told }) => {
    const parts = fates.flatMap((fate) => {
      const { refs, addresses } = told.get(fate) ?? { refs: [], addresses: [] };
      const count = Array.from(refs).length;
      return count === 0
        ? []
        : [t(`wizard.fate.${fate}`, { count, number: numberText(count), addresses: namedOf(addresses) })];
    });
    return t('wizard.networkBecomes', { from, to, fates: parts.join('; ') });
  });
}

function fateOf(
  { ipAddresses, mac }: InventoryNic,
  { ip }: NetworkChoice,
  network: CloudNetwork,
): readonly [Fate, readonly string[]] {
  if (ip !== 'keep' && ip !== 'auto') return ['fixed', [ip]];
  const addresses = ipAddresses.map(({ address }) => address);
  const { kept, lost } = keepable(addresses, network, mac ?? '');
  if (kept.length + lost.length === 0) return ['unknown', []];
  if (ip === 'auto') return ['changed', [...kept, ...lost]];
  if (lost.length === 0) return ['kept', kept];
  return [kept.length === 0 ? 'changed' : 'partly', lost];
}

/** A sentence for each flavor: flavor “m1.small”: 3 VMs. */
export function flavorTexts(wanted: readonly Wanted[], facts: CloudFacts): string[] {
  const counts = new Map<string, { readonly isMade: boolean; count: number }>();
  for (const { vm, options } of wanted) {
    const disk = bootDiskOf(vm);
    const choice = chooseFlavor(facts, needOf(vm, disk === undefined ? 0 : sizeGiBOf(disk), options.boot), options);
    if (!choice.found) continue;
    const { id, name } = choice.flavor.value;
    const before = counts.get(name) ?? { isMade: id === null, count: 0 };
    counts.set(name, { ...before, count: before.count + 1 });
  }
  return [...counts].map(([name, { isMade, count }]) =>
    t(isMade ? 'wizard.flavorToMake' : 'wizard.flavorOf', { name, count, number: numberText(count) }),
  );
}

function namedOf(addresses: readonly string[]): string {
  const more = addresses.length - MOST_NAMED;
  return `${addresses.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` … (+${numberText(more)})` : ''}`;
}

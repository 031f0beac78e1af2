/** Chooses the flavor of the new server: the one that was asked for, the exact one, or the smallest that fits. */
import type { CloudFacts, Flavor } from '../cloud.ts';
import type { InventoryVm } from '../inventory.ts';
import type { MigrationOptions } from '../migration.ts';
import type { Chosen } from './profile.ts';

/** What a flavor has too little of. */
export interface FlavorLack {
  readonly of: 'vcpus' | 'memoryMiB' | 'diskGiB';
  readonly has: number;
  readonly needs: number;
}

export interface FlavorNeed {
  readonly vcpus: number;
  readonly memoryMiB: number;
  /** 0 where the server boots from a volume: the flavor's own disk does not matter then. */
  readonly diskGiB: number;
}

export type FlavorChoice =
  | {
      readonly found: true;
      readonly flavor: Chosen<{ readonly id: string | null; readonly name: string }>;
      /** What one that was asked for has less of than the machine; left out where that is nothing. */
      readonly lacks?: readonly FlavorLack[];
    }
  | { readonly found: false; readonly obstacle: string };

const MiB = 2 ** 20;

export function needOf(vm: InventoryVm, bootDiskGiB: number, boot: MigrationOptions['boot']): FlavorNeed {
  return {
    vcpus: vm.cpus,
    memoryMiB: Math.ceil(vm.memoryBytes / MiB),
    diskGiB: boot === 'volume' ? 0 : bootDiskGiB,
  };
}

export function chooseFlavor(
  cloud: Pick<CloudFacts, 'flavors' | 'mayCreateFlavors'>,
  need: FlavorNeed,
  { flavor: wish, createFlavor }: Pick<MigrationOptions, 'flavor' | 'createFlavor'>,
): FlavorChoice {
  const text = `${need.vcpus} vCPU, ${need.memoryMiB} MiB${need.diskGiB === 0 ? '' : `, ${need.diskGiB} GiB of disk`}`;
  if (wish !== null) {
    const chosen = cloud.flavors.find(({ id, name }) => id === wish || name === wish);
    if (chosen === undefined) return { found: false, obstacle: `there is no flavor “${wish}”` };
    const lacks = lacksOf(chosen, need);
    const disk = lacks.find(({ of }) => of === 'diskGiB');
    if (disk !== undefined) return { found: false, obstacle: lackText(chosen.name, disk) };
    return { ...found(chosen, 'You chose it.'), ...(lacks.length === 0 ? {} : { lacks }) };
  }
  const best = smallestFitting(cloud.flavors, need);
  const isExact = best !== undefined && best.vcpus === need.vcpus && best.memoryMiB === need.memoryMiB;
  if (best !== undefined && (isExact || !createFlavor)) {
    const waste = `${best.vcpus - need.vcpus} vCPU and ${best.memoryMiB - need.memoryMiB} MiB more than the machine has`;
    return found(best, isExact ? 'It has exactly the machine’s size.' : `The smallest that fits; it has ${waste}.`);
  }
  if (createFlavor && cloud.mayCreateFlavors) {
    const name = `guts-${need.vcpus}c-${need.memoryMiB}m-${need.diskGiB}g`;
    return { found: true, flavor: { value: { id: null, name }, reason: `None has exactly ${text}, so it is made.` } };
  }
  if (best !== undefined) return found(best, 'The smallest that fits; you may not make flavors here.');
  return { found: false, obstacle: `no flavor has ${text}` };
}

function found({ id, name }: Flavor, reason: string): FlavorChoice {
  return { found: true, flavor: { value: { id, name }, reason } };
}

/** Of those for ordinary servers. */
export function smallestFitting(flavors: readonly Flavor[], need: FlavorNeed): Flavor | undefined {
  const fitting = flavors.filter((flavor) => lackOf(flavor, need) === null && isOrdinary(flavor));
  return fitting.sort((a, b) => wasteOf(a, need) - wasteOf(b, need) || a.diskGiB - b.diskGiB)[0];
}

/** What the flavor has too little of; null when it fits. Nova refuses an image on a flavor without disk. */
export const lackOf = (flavor: Flavor, need: FlavorNeed): FlavorLack | null => lacksOf(flavor, need)[0] ?? null;

const lacksOf = (flavor: Flavor, need: FlavorNeed): FlavorLack[] =>
  (['vcpus', 'memoryMiB', 'diskGiB'] as const)
    .filter((what) => flavor[what] < need[what])
    .map((of) => ({ of, has: flavor[of], needs: need[of] }));

/** “flavor “small” has 1 vCPU, and 2 are needed”. */
export const lackText = (name: string, { of, has, needs }: FlavorLack): string =>
  `flavor “${name}” has ${
    {
      vcpus: `${has} vCPU, and ${needs} are needed`,
      memoryMiB: `${has} MiB of memory, and ${needs} are needed`,
      diskGiB: `${has} GiB of disk, and ${needs} are needed`,
    }[of]
  }`;

/** Flavors for special hardware are never chosen unasked. */
function isOrdinary({ extraSpecs }: Flavor): boolean {
  return !Object.keys(extraSpecs).some((key) => /^(pci_passthrough:|resources:|trait:|hw:cpu_policy)/.test(key));
}

/** Memory counts as much as processors do in a cloud with 4 GiB for each. */
function wasteOf(flavor: Flavor, need: FlavorNeed): number {
  return flavor.vcpus - need.vcpus + (flavor.memoryMiB - need.memoryMiB) / 4096;
}

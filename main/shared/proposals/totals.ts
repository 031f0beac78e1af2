/** What a plan makes in the cloud, and what that leaves of the project's quotas. */
import type { CloudFacts, Quota } from '../cloud.ts';
import type { InventoryVm } from '../inventory.ts';
import type { MigrationOptions } from '../migration.ts';
import { bootDiskOf, sizeGiBOf } from './disks.ts';
import { chooseFlavor, needOf } from './flavor.ts';

export interface Wanted {
  readonly vm: InventoryVm;
  readonly options: MigrationOptions;
}

export interface Totals {
  readonly machines: number;
  readonly bytes: number;
  /** By the names of the quotas. */
  readonly needs: Readonly<Record<keyof CloudFacts['quotas'], number>>;
}

export interface QuotaLine extends Quota {
  readonly of: keyof CloudFacts['quotas'];
  readonly needs: number;
  /** How many too many. */
  readonly over: number;
}

export function totalsOf(wanted: readonly Wanted[], cloud: Pick<CloudFacts, 'flavors' | 'mayCreateFlavors'>): Totals {
  const needs = { instances: 0, cores: 0, memoryMiB: 0, ports: 0, floatingIps: 0, volumes: 0, volumeGiB: 0 };
  let bytes = 0;
  for (const { vm, options } of wanted) {
    const bootDisk = bootDiskOf(vm);
    const volumes = options.boot === 'volume' ? vm.disks : vm.disks.filter((disk) => disk !== bootDisk);
    const { vcpus, memoryMiB } = sizeOf(vm, options, cloud);
    bytes += vm.disks.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    needs.instances += 1;
    needs.cores += vcpus;
    needs.memoryMiB += memoryMiB;
    needs.ports += vm.nics.length;
    needs.floatingIps += options.floatingNetwork === null ? 0 : 1;
    needs.volumes += volumes.length;
    needs.volumeGiB += volumes.reduce((sum, disk) => sum + sizeGiBOf(disk), 0);
  }
  return { machines: wanted.length, bytes, needs };
}

/** Of the flavor, where there is one. */
function sizeOf(
  vm: InventoryVm,
  options: MigrationOptions,
  cloud: Pick<CloudFacts, 'flavors' | 'mayCreateFlavors'>,
): { readonly vcpus: number; readonly memoryMiB: number } {
  const bootDisk = bootDiskOf(vm);
  const need = needOf(vm, bootDisk === undefined ? 0 : sizeGiBOf(bootDisk), options.boot);
  const choice = chooseFlavor(cloud, need, options);
  const id = choice.found ? choice.flavor.value.id : null;
  return cloud.flavors.find((flavor) => flavor.id === id) ?? need;
}

export function quotaLines({ needs }: Totals, quotas: CloudFacts['quotas']): QuotaLine[] {
  const names = Object.keys(quotas) as (keyof CloudFacts['quotas'])[]; // its own keys
  return names.map((of) => {
    const { limit, used } = quotas[of];
    const isBounded = limit !== null && limit >= 0;
    const over = isBounded && needs[of] > 0 ? Math.max(0, used + needs[of] - limit) : 0;
    return { of, limit: isBounded ? limit : null, used, needs: needs[of], over };
  });
}

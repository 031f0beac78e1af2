/** OST-02: a machine for which there is no flavor. */
import { bootDiskOf, sizeGiBOf } from '../../../main/shared/proposals/disks.ts';
import { needOf, smallestFitting } from '../../../main/shared/proposals/flavor.ts';
import type { Fix } from '../../../main/shared/preflight.ts';
import type { MoveFacts } from '../move-facts.ts';
import type { Rule } from '../rule.ts';
import { optionsFix } from '../fixes.ts';

export const noFlavor: Rule<MoveFacts> = {
  id: 'OST-02',
  group: 'cloud',
  severity: 'blocks',
  finds: ({ flavor }) => (flavor.found ? [] : [flavor.obstacle]),
  says: 'There is no flavor for the machine.',
  remedy: 'Choose one (--flavor), boot from a volume (--volumes), or have one made (--create-flavor).',
  fix: anotherFlavor,
  manual:
    'No flavor is large enough, or not the one you named. `--flavor`, `--volumes` (which makes the flavor’s disk unimportant), or, as an administrator, `--create-flavor`.',
};

/** Another that is there, else one that fits once the machine boots from a volume, else one that is made. */
function anotherFlavor({ vm, cloud, options }: MoveFacts): Fix | null {
  const bootDisk = bootDiskOf(vm);
  const bootDiskGiB = bootDisk === undefined ? 0 : sizeGiBOf(bootDisk);
  const fitting = (boot: 'image' | 'volume') => smallestFitting(cloud.flavors, needOf(vm, bootDiskGiB, boot));
  const there = fitting(options.boot);
  if (options.flavor !== null && there !== undefined)
    return optionsFix(`Take “${there.name}”, the smallest that fits.`, { flavor: there.name });
  const withVolume = options.boot === 'image' && cloud.hasVolumes ? fitting('volume') : undefined;
  if (options.flavor === null && withVolume !== undefined)
    return optionsFix(`Boot from a volume; “${withVolume.name}” fits then.`, { boot: 'volume' });
  return cloud.mayCreateFlavors
    ? optionsFix('Have a flavor made that fits.', { flavor: null, createFlavor: true })
    : null;
}

/** DSK-16: disks that need a volume where there are none. */
import type { MoveFacts } from '../move-facts.ts';
import type { Rule } from '../rule.ts';
import { optionsFix } from '../fixes.ts';

export const noVolumeService: Rule<MoveFacts> = {
  id: 'DSK-16',
  group: 'disks',
  severity: 'blocks',
  finds: ({ disks, options, cloud }) =>
    disks.length > 1 && !cloud.hasVolumes
      ? [`${disks.length} disks`]
      : options.boot === 'volume' && !cloud.hasVolumes
        ? ['boot from volume']
        : [],
  says: 'The cloud has no volume service, and only the first disk can live without.',
  remedy: 'Use a cloud or region with Cinder, or leave the further disks out.',
  fix: ({ disks }) =>
    disks.length > 1
      ? null
      : optionsFix('Boot from an image instead of a volume.', { boot: 'image', volumeType: null }),
  manual: 'The cloud or region has no Cinder. The first disk can be an image; every further one needs a volume.',
};

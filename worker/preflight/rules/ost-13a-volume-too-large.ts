/** OST-13a: a disk that is larger than a single volume of the project may be. */
import { type MoveFacts, volumesOf } from '../move-facts.ts';
import type { Rule } from '../rule.ts';

export const volumeTooLargeAlone: Rule<MoveFacts> = {
  id: 'OST-13a',
  group: 'cloud',
  severity: 'blocks',
  finds: (facts) => {
    const { mostVolumeGiB = null } = facts.cloud;
    return volumesOf(facts)
      .filter(({ sizeGiB }) => mostVolumeGiB !== null && sizeGiB > mostVolumeGiB)
      .map(({ label, sizeGiB }) => `${label}: ${sizeGiB} GiB, and ${mostVolumeGiB ?? 0} GiB are allowed`);
  },
  says: 'A volume is larger than a single one of this project may be.',
  remedy: 'Have that quota raised (per volume, in GiB), or boot from an image where it is the boot disk.',
  manual: 'Cinder’s quota “per_volume_gigabytes” bounds each single volume, whatever is left of the others.',
};

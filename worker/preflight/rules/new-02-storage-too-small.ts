/** NEW-02: storage behind the volumes that has too little room for the wave. */
import type { Rule } from '../rule.ts';
import type { WaveFacts } from '../wave-facts.ts';

export const storageTooSmall: Rule<WaveFacts> = {
  id: 'NEW-02',
  group: 'plan',
  severity: 'warns',
  isBeside: ({ storage }) => (storage === null ? 'this user may not see what the storage has' : null),
  finds: ({ storage }) =>
    (storage ?? [])
      .filter(({ shortGiB }) => shortGiB > 0)
      .map(({ backend, pools, needsGiB, earlierGiB, freeGiB }) => {
        const before = earlierGiB === 0 ? '' : ` and ${earlierGiB} GiB by earlier waves`;
        return `${backend ?? pools.join(', ')}: ${needsGiB} GiB needed${before}, ${freeGiB ?? 0} GiB free`;
      }),
  says: 'The storage behind the volumes has less room than the wave’s volumes are large.',
  remedy: 'Have storage added, or spread the wave over other volume types (--volume-type).',
  manual:
    'Cinder’s scheduler has pools with less room than the volumes of the wave are large. Thin volumes take only what is written, so that it may suffice all the same. Only administrators are told; others are not, and the rule is not held.',
};

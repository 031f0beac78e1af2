/** NEW-01: a quota that is too small for the whole wave. */
import { quotaWords } from '../../../main/shared/rehearsal.ts';
import type { Rule } from '../rule.ts';
import type { WaveFacts } from '../wave-facts.ts';

export const waveOverQuota: Rule<WaveFacts> = {
  id: 'NEW-01',
  group: 'plan',
  severity: 'blocks',
  finds: ({ quota }) =>
    quota
      .filter(({ over }) => over > 0)
      .map(({ needs, earlier, used, limit, over, ...what }) => {
        const before = earlier === 0 ? '' : `, ${earlier} by earlier waves`;
        return `${quotaWords(what)}: ${needs} needed${before}, ${used} of ${limit ?? 0} used, ${over} too many`;
      }),
  says: 'The project’s quota is too small for the whole wave.',
  remedy:
    'Have the quota raised (the rehearsal has the text for it), make the wave smaller, or remove what is not needed.',
  manual:
    'Everything that the wave makes is summed up (servers, cores and memory of the chosen flavors, ports, floating addresses, volumes and their GiB, each volume type for itself), together with what machines of earlier waves still take, and held against what the project’s quotas leave now.',
};

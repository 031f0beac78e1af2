/** NEW-01b: a subnet that has too few free addresses for the wave. */
import type { Rule } from '../rule.ts';
import type { WaveFacts } from '../wave-facts.ts';

export const tooFewAddresses: Rule<WaveFacts> = {
  id: 'NEW-01b',
  group: 'plan',
  severity: 'blocks',
  isBeside: ({ subnets }) =>
    subnets.length === 0
      ? 'the wave takes no addresses'
      : subnets.every(({ free }) => free === null)
        ? 'this user may not see which addresses are free'
        : null,
  finds: ({ subnets }) =>
    subnets
      .filter(({ short }) => short > 0)
      .map(({ name, network, cidr, needs, earlier, free }) => {
        const before = earlier === 0 ? '' : ` and ${earlier} by earlier waves`;
        return `“${name}” (${cidr}) of “${network}”: ${needs} needed${before}, ${free ?? 0} free`;
      }),
  says: 'A subnet has too few free addresses for the whole wave.',
  remedy: 'Have its pools extended, free addresses that nobody needs, or map machines to another network (--map).',
  manual:
    'Addresses that the cloud chooses, and kept ones that lie in a pool, are taken from the pools of their subnet; these have fewer left than the wave takes. Where the cloud does not say how many are free they are counted by the ports that the project sees, so that there may be fewer still.',
};

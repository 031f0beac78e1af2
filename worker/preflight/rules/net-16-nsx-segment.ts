/** NET-16: a network of NSX. */
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

export const nsxSegment: Rule<MachineFacts> = {
  id: 'NET-16',
  group: 'networks',
  severity: 'warns',
  isBeside: ({ networks }) => (networks.length === 0 ? 'the source does not tell of its networks' : null),
  finds: ({ vm, networks }) => {
    const opaque = new Map(networks.filter(({ kind }) => kind === 'opaque').map(({ ref, name }) => [ref, name]));
    return vm.nics.flatMap(({ label, network }) => {
      const name = opaque.get(network ?? '');
      return name === undefined ? [] : [`${label} on “${name}”`];
    });
  },
  says: 'A network card is on a segment of NSX, whose firewall rules and load balancers do not come along.',
  remedy: 'Write its distributed firewall’s rules as security groups before (--security-group).',
  manual:
    'A card is on a segment of NSX. Rules of its distributed firewall, NAT and load balancers stay behind; make security groups that say the same.',
};

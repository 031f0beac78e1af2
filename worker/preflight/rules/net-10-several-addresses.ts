/** NET-10: several addresses on one card. */
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

export const severalAddresses: Rule<MachineFacts> = {
  id: 'NET-10',
  group: 'networks',
  severity: 'warns',
  finds: ({ vm }) =>
    vm.nics.flatMap(({ label, ipAddresses }) => {
      const own = ipAddresses.filter(({ address }) => address.includes('.')).map(({ address }) => address);
      return own.length > 1 ? [`${label}: ${own.join(', ')}`] : [];
    }),
  says: 'A network card has several IPv4 addresses; a port of the cloud lets through only those that it knows.',
  remedy: 'Look whether all of them are in the plan’s port, and allow the others (--address-pair).',
  manual:
    'A card has several IPv4 addresses. All that the mapped network’s subnets have become addresses of the port; others are dropped unless they are allowed with `--address-pair`. An address that another machine may take over does not belong to one port.',
};

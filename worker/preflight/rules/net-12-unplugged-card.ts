/** NET-12: a card that is unplugged. */
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

export const unpluggedCard: Rule<MachineFacts> = {
  id: 'NET-12',
  group: 'networks',
  severity: 'informs',
  finds: ({ vm }) => vm.nics.filter(({ connected }) => !connected).map(({ label }) => label),
  says: 'A network card is unplugged in the source; its port will be plugged in.',
  remedy: 'Disable the port in the cloud afterwards if it has to stay apart.',
  manual: 'A card is unplugged at the source. Its port in the cloud is plugged in.',
};

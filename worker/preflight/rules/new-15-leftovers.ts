/** NEW-15: things of earlier tries that no migration needs any more. */
import type { Rule } from '../rule.ts';
import type { WaveFacts } from '../wave-facts.ts';

export const leftovers: Rule<WaveFacts> = {
  id: 'NEW-15',
  group: 'plan',
  severity: 'warns',
  finds: ({ leftovers: all }) => all.map(({ kind, name, id }) => `${kind} “${name}”${id === null ? '' : ` (${id})`}`),
  says: 'The project has things of earlier tries that no migration needs any more; they take quota, names and addresses.',
  remedy: 'Look at them (“guts tidy”), and have them removed (“guts tidy --remove”).',
  manual:
    'Images, volumes, ports, floating addresses, flavors and servers whose names carry the tag of a migration that is over, or that this machine does not know. `guts tidy` lists them, `guts tidy --remove` removes them; `--unknown` those of other machines, too.',
};

/** NET-17: an external network that is not there. */
import type { MoveFacts } from '../move-facts.ts';
import type { Rule } from '../rule.ts';
import { NOT_WISHED } from '../beside.ts';
import { missing } from '../naming.ts';

export const noExternalNetwork: Rule<MoveFacts> = {
  id: 'NET-17',
  group: 'networks',
  severity: 'blocks',
  isBeside: ({ options }) => (options.floatingNetwork === null ? NOT_WISHED : null),
  finds: ({ options, floating }) => missing(options.floatingNetwork, floating !== undefined),
  says: 'There is no external network of this name.',
  remedy: 'Choose one that has floating addresses (“guts network list --destination NAME” shows them).',
  manual: 'There is no external network of the name given with `--floating`.',
};

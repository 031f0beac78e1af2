/** OS-22: macOS. */
import { named, systemOf } from '../guest-system.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

export const macos: Rule<MachineFacts> = {
  id: 'OS-22',
  group: 'guest',
  severity: 'blocks',
  finds: ({ vm }) => (systemOf(vm).family === 'macos' ? [named(vm)] : []),
  says: 'macOS starts only on Apple’s hardware, and may be run nowhere else.',
  remedy: 'Leave the machine where it is, or move what it does to another system.',
  manual:
    'The guest is macOS. It does not start on a cloud’s hosts, and its licence allows it on Apple’s hardware only.',
};

/** OS-02: a guest of which nobody says what it is. */
import { named, systemOf } from '../guest-system.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

export const unknownGuest: Rule<MachineFacts> = {
  id: 'OS-02',
  group: 'guest',
  severity: 'warns',
  finds: ({ vm }) => (systemOf(vm).family === 'unknown' ? [named(vm)] : []),
  says: 'The source does not say which operating system is inside.',
  remedy:
    'Choose the guest’s system in the machine’s settings at the source, while it is off; where its tools do not run, starting them may do. Else it gets hardware that every guest knows.',
  manual:
    'The source says “other” or nothing of the guest’s system, as for a Hyper-V machine that is off, or where “Other” was chosen for it and its tools do not know better. Choose the system in the machine’s settings. The server then gets hardware that every guest knows, and no word for its system in its image.',
};

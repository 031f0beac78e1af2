/** OS-01: a system that Guts has no experience with. */
import { isToldElsewhere, named, systemOf, UNKNOWN_SYSTEM } from '../guest-system.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

const KNOWN = new Set(['windows', 'linux', 'bsd']);

export const unsupportedGuest: Rule<MachineFacts> = {
  id: 'OS-01',
  group: 'guest',
  severity: 'warns',
  isBeside: ({ vm }) =>
    systemOf(vm).family === 'unknown'
      ? UNKNOWN_SYSTEM
      : isToldElsewhere(vm)
        ? 'another rule is about such systems'
        : null,
  finds: ({ vm }) => (KNOWN.has(systemOf(vm).family) ? [] : [named(vm)]),
  says: 'The guest’s system is none that clouds usually run, and nobody has tried it with Guts.',
  remedy: 'Try a copy of it in the cloud before its window.',
  manual:
    'The guest is neither Windows nor Linux nor FreeBSD. It gets hardware that most systems know (IDE or SATA, e1000); try a copy first.',
};

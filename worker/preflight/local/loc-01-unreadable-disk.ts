/** LOC-01: a disk that cannot be read. */
import type { LocalRouteFacts } from '../facts.ts';
import type { Rule } from '../rule.ts';
import { NEIGHBOUR_ERRORS, failures } from './disks.ts';

export const unreadableDisk: Rule<LocalRouteFacts> = {
  id: 'LOC-01',
  group: 'disks',
  severity: 'blocks',
  finds: ({ disks }) => failures(disks, (code) => !NEIGHBOUR_ERRORS.includes(code)),
  says: 'A disk is damaged, or of a kind that Guts does not read.',
  remedy: 'Export the disk again from its hypervisor (“guts inspect” shows what is wrong with each file).',
  manual:
    'A disk’s file contradicts its own format, was cut off, or is of a kind that Guts does not read. What the reader says stands beside its name; `guts inspect` shows it for each file.',
};

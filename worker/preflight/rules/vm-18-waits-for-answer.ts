/** VM-18: a machine that waits for somebody’s answer. */
import { onlyVsphere, untold } from '../beside.ts';
import type { MachineFacts } from '../machine-facts.ts';
import { oneLine } from '../naming.ts';
import type { Rule } from '../rule.ts';

export const waitsForAnswer: Rule<MachineFacts> = {
  id: 'VM-18',
  group: 'machine',
  severity: 'blocks',
  isBeside: ({ vm }) => onlyVsphere(vm) ?? untold(vm),
  finds: ({ vm: { traits } }) => (traits?.question === undefined ? [] : [`“${oneLine(traits.question)}”`]),
  says: 'The machine waits for an answer, and does nothing else until it has one.',
  remedy: 'Answer it in the console of the source, and check again.',
  manual:
    'The source has stopped the machine with a question, such as whether it was moved or copied. Until somebody answers it, it can neither be shut down nor read. Answer it in the source’s console.',
};

/** DEV-05: a USB device. */
import { onlyVsphere, untold } from '../beside.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

export const usbDevice: Rule<MachineFacts> = {
  id: 'DEV-05',
  group: 'hardware',
  severity: 'warns',
  isBeside: ({ vm }) => onlyVsphere(vm) ?? untold(vm),
  finds: ({ vm: { traits } }) => traits?.usb ?? [],
  says: 'A USB device is plugged into the machine, and servers have none.',
  remedy: 'Replace it by something that is reached over the network, such as a licence server or a USB server.',
  manual:
    'A USB device of the host, often a licence key, is plugged into the machine. A cloud has no place for it: bring what it does over the network.',
};

/** DEV-03: devices of the host. */
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

export const passthrough: Rule<MachineFacts> = {
  id: 'DEV-03',
  group: 'hardware',
  severity: 'blocks',
  mayBeLowered: true,
  finds: ({ vm: { passthrough, traits } }) => {
    const told = new Set([...(traits?.graphics ?? []), ...(traits?.usb ?? [])]);
    return passthrough.filter((device) => !told.has(device));
  },
  says: 'Devices of the host are given to the machine.',
  remedy: 'Remove them from the machine; in the cloud a flavor has to bring their like.',
  manual:
    'Devices of the host are given to the machine (PCI, SCSI; of Hyper-V whatever is assigned). Remove them; a flavor of the cloud may bring the like. Graphics cards and USB have rules of their own, where the source tells them apart.',
};

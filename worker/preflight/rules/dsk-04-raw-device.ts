/** DSK-04: a disk that is a device and no file. */
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';
import { disksWhere } from '../naming.ts';

export const rawDevice: Rule<MachineFacts> = {
  id: 'DSK-04',
  group: 'disks',
  severity: 'blocks',
  finds: ({ vm }) => disksWhere(vm, ({ rawDevice }) => rawDevice !== null),
  says: 'A disk is a device of the storage or the host (RDM, pass-through), which is no file that can be read.',
  remedy:
    'Convert it to a virtual disk (in vSphere by moving the machine’s storage), or detach it and bring its LUN to the cloud by other means.',
  manual:
    'A disk is a device of the storage or of the host (an RDM of vSphere, a pass-through disk of Hyper-V), which is no file that could be read. Turn it into a virtual disk (in vSphere by moving the machine’s storage), or bring its LUN over by other means.',
};

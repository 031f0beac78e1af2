/** Devices and settings that a server has not, or only by its flavor. */
import type { MachineTraits } from '../../../../main/shared/inventory.ts';
import { hyperv, machine } from '../../../plan/sample.ts';
import type { RuleCases } from '../cases.ts';
import type { MoveCases, MoveChange } from '../move-change.ts';

const traits = (told: MachineTraits): MoveChange => ({ vm: machine({ traits: told }) });
const untold = { given: {}, why: 'the source tells nothing of the kind' };
const onlyVsphere = { given: { vm: machine({ hyperv: hyperv(), traits: {} }) }, why: 'only vSphere has it' };
/** A rule that tells what one trait says. */
const told = (told: MachineTraits, about: string[], ...beside: (typeof untold)[]): RuleCases<MoveChange> => ({
  found: [{ given: traits(told), about }],
  quiet: [traits({})],
  beside: [untold, ...beside],
});

export const cases: MoveCases = {
  'NEW-16': told({ media: ['CD 1: [ds] a.iso'], ports: ['Serial port 1'] }, ['CD 1: [ds] a.iso', 'Serial port 1']),
  'DEV-10': told({ oddDevices: ['Sound card'] }, ['Sound card'], onlyVsphere),
  'DEV-04': told({ graphics: ['PCI device 0 (grid)'] }, ['PCI device 0 (grid)']),
  'DEV-05': told({ usb: ['USB 1'] }, ['USB 1'], onlyVsphere),
  'DEV-07': told({ tuning: ['all memory reserved'] }, ['all memory reserved']),
  'DEV-08': {
    ...told(
      { hotAdd: { cpu: true, memory: true }, availability: ['starts with its host'] },
      ['processors and memory; starts with its host'],
      onlyVsphere,
    ),
    quiet: [
      traits({}),
      traits({ hotAdd: { cpu: true, memory: true } }), // as nearly every machine has it
      traits({ hotAdd: { cpu: false, memory: false }, availability: ['starts with its host'] }),
    ],
  },
  'DEV-09': {
    ...told({ availability: ['starts with its host'] }, ['starts with its host']),
    quiet: [traits({}), traits({ availability: ['fault tolerance running'] })],
  },
  'DEV-09b': {
    ...told({ availability: ['fault tolerance running'] }, ['fault tolerance running'], onlyVsphere),
    quiet: [traits({}), traits({ availability: ['starts with its host'] })],
  },
  'NEW-17': told({ isNesting: true }, ['web']),
  'DEV-11': told({ hasVbs: true }, ['web'], onlyVsphere),
};

/** What only machines of Hyper-V have. */
import { hyperv, machine } from '../../../plan/sample.ts';
import type { MoveCases, MoveChange } from '../move-change.ts';

const GiB = 2 ** 30;
const dynamicMemory = { startup: GiB, minimum: GiB / 2, maximum: 4 * GiB };
const of = (change: Parameters<typeof hyperv>[0], power: 'on' | 'off' = 'off'): MoveChange => ({
  vm: machine({ power, hyperv: hyperv(change) }),
});
const beside = [{ given: {}, why: 'only Hyper-V has it' }];
const asItRuns = { options: { whileRunning: 'snapshot' } } as const;

export const cases: MoveCases = {
  'HV-01': { found: [{ given: of({ isShielded: true }), about: ['web'] }], quiet: [of({})], beside },
  'HV-02': {
    found: [{ given: of({ replication: 'ExtendedReplica' }), about: ['replication “ExtendedReplica”'] }],
    quiet: [of({}), of({ replication: 'Primary' })],
    beside,
  },
  'HV-03': {
    found: [{ given: of({ replication: 'Primary' }), about: ['replication “Primary”'] }],
    quiet: [of({}), of({ replication: 'Replica' })],
    beside,
  },
  'HV-04': { found: [{ given: of({ isClustered: true }), about: ['web'] }], quiet: [of({})], beside },
  'HV-05': {
    found: [
      { given: of({ dynamicMemory }), about: ['512 MiB to 4 GiB, 1 GiB at the start'] },
      {
        given: of({ dynamicMemory: { ...dynamicMemory, maximum: 1024 * GiB } }),
        about: ['512 MiB to 1 TiB, 1 GiB at the start; 4 GiB count'],
      },
    ],
    quiet: [of({})],
    beside,
  },
  'HV-06': { found: [{ given: of({ hasRecoveryCheckpoint: true }), about: ['web'] }], quiet: [of({})], beside },
  'HV-07': {
    found: [{ given: { ...of({ checkpointType: 'Disabled' }, 'on'), ...asItRuns }, about: ['web'] }],
    quiet: [of({ checkpointType: 'Disabled' }, 'on'), { ...of({ checkpointType: 'Disabled' }), ...asItRuns }],
    beside,
  },
};

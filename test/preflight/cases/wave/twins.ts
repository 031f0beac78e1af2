/** Machines of a plan that would have the same of something; what the cloud has already is each machine's own finding. */
import type { Twin } from '../../../../main/shared/rehearsal.ts';
import { wave, type WaveCases } from '../../wave-sample.ts';

const twin = (kind: Twin['kind'], value: string, change: Partial<Twin> = {}): Twin => ({
  kind,
  value,
  network: kind === 'name' ? null : 'lan',
  machines: ['web', 'db'],
  taken: [],
  ...change,
});
const taken = { machines: ['web'], taken: ['the port p1'] };

export const cases: WaveCases = {
  'VM-02': {
    found: [{ given: wave({ twins: [twin('name', 'web')] }), about: ['“web”: web, db'] }],
    quiet: [wave(), wave({ twins: [twin('name', 'web', taken)] })],
  },
  'NET-06a': {
    found: [{ given: wave({ twins: [twin('address', '192.0.2.17')] }), about: ['“192.0.2.17” on “lan”: web, db'] }],
    quiet: [wave(), wave({ twins: [twin('address', '192.0.2.17', taken)] })],
  },
  'NET-07a': {
    found: [
      {
        given: wave({ twins: [twin('mac', '00:50:56:aa:bb:01')] }),
        about: ['“00:50:56:aa:bb:01” on “lan”: web, db'],
      },
    ],
    quiet: [wave(), wave({ twins: [twin('mac', '00:50:56:aa:bb:01', taken)] })],
  },
};

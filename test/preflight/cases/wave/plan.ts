/** What a wave is stopped by as a whole: its machines, its times, the cloud's quotas and room. */
import type { Finding } from '../../../../main/shared/preflight.ts';
import { quota, rehearsedMachine, subnet, times, wave, type WaveCases } from '../../wave-sample.ts';

const finding = (id: string, severity: Finding['severity']): Finding => ({
  id,
  severity,
  says: 'x',
  about: ['y'],
  remedy: 'z',
});
const noWindow = { given: wave({ times: times({ window: null }) }), why: 'the plan has no window' };
const closed = { says: '60 min from “0 22 29 2 *” (UTC)', seconds: 3600, opensAt: null, closesAt: null };
const short = { says: '60 min from “0 22 * * *” (UTC)', seconds: 3600, opensAt: '2026-12-01T22:00:00.000Z' };
const window = { ...short, closesAt: '2026-12-01T23:00:00.000Z' };
const pool = { backend: 'flash', pools: ['host@flash#a'], volumeTypes: ['fast'], mostFreeGiB: 70 };

export const cases: WaveCases = {
  'PLN-03': {
    found: [
      { given: wave({ times: times({ window: closed }) }), about: ['60 min from “0 22 29 2 *” (UTC)'] },
      {
        given: wave({ times: times({ window: closed, notBefore: '2027-01-01T00:00:00Z' }) }),
        about: ['60 min from “0 22 29 2 *” (UTC), not before 2027-01-01T00:00:00Z'],
      },
    ],
    quiet: [wave()],
    beside: [noWindow],
  },
  'PLN-03a': {
    found: [
      {
        given: wave({ times: times({ notBefore: '2026-11-30T00:00:00Z' }) }),
        about: ['not before 2026-11-30T00:00:00Z'],
      },
    ],
    quiet: [wave({ times: times({ notBefore: '2026-12-24T00:00:00Z' }) })],
    beside: [{ given: wave(), why: 'the plan names no earliest moment' }],
  },
  'PLN-04': {
    found: [
      {
        given: wave({
          machines: [
            rehearsedMachine({ findings: [finding('DSK-04', 'blocks'), finding('VM-10', 'warns')] }),
            rehearsedMachine({ vm: { ref: 'vm-2', name: 'db' }, obstacle: 'It is not there any more.' }),
          ],
        }),
        about: ['web: DSK-04', 'db: It is not there any more.'],
      },
      {
        given: wave({
          machines: [rehearsedMachine({ findings: [finding('VM-10', 'warns')] })],
          unaccepted: new Map([['vm-1', ['VM-10']]]),
        }),
        about: ['web: VM-10 not accepted'],
      },
    ],
    quiet: [wave(), wave({ machines: [rehearsedMachine({ findings: [finding('VM-10', 'warns')] })] })],
  },
  'NEW-01': {
    found: [
      {
        given: wave({
          quota: [
            quota({ needs: 24, used: 18, over: 22 }),
            quota({ of: 'volumeGiB', volumeType: 'fast', limit: 100, used: 10, needs: 80, earlier: 40, over: 30 }),
          ],
        }),
        about: [
          'cores: 24 needed, 18 of 20 used, 22 too many',
          'GiB of volumes of the type “fast”: 80 needed, 40 by earlier waves, 10 of 100 used, 30 too many',
        ],
      },
    ],
    quiet: [wave(), wave({ quota: [quota({ limit: null, needs: 4000 })] })],
  },
  'NEW-01c': {
    found: [
      {
        given: wave({ fullGroups: ['“apart”: 12 servers, 0 of 10 are in it'] }),
        about: ['“apart”: 12 servers, 0 of 10 are in it'],
      },
    ],
    quiet: [wave()],
  },
  'NEW-01a': {
    found: [
      {
        given: wave({ tooLarge: ['db, Hard disk 2: 600 GiB, and 500 GiB are allowed'] }),
        about: ['db, Hard disk 2: 600 GiB, and 500 GiB are allowed'],
      },
    ],
    quiet: [wave()],
  },
  'NEW-01b': {
    found: [
      {
        given: wave({ subnets: [subnet({ needs: 12, earlier: 3, free: 4, short: 11 })] }),
        about: ['“lan-v4” (192.0.2.0/24) of “lan”: 12 needed and 3 by earlier waves, 4 free'],
      },
    ],
    quiet: [wave()],
    beside: [
      { given: wave({ subnets: [] }), why: 'the wave takes no addresses' },
      {
        given: wave({ subnets: [subnet({ free: null, counted: null })] }),
        why: 'this user may not see which addresses are free',
      },
    ],
  },
  'NEW-02': {
    found: [
      {
        given: wave({ storage: [{ ...pool, needsGiB: 100, earlierGiB: 20, freeGiB: 70, shortGiB: 50 }] }),
        about: ['flash: 100 GiB needed and 20 GiB by earlier waves, 70 GiB free'],
      },
    ],
    quiet: [wave(), wave({ storage: [{ ...pool, needsGiB: 10, earlierGiB: 0, freeGiB: 70, shortGiB: 0 }] })],
    beside: [{ given: wave({ storage: null }), why: 'this user may not see what the storage has' }],
  },
  'NEW-13': {
    found: [
      {
        given: wave({ times: times({ seconds: 25_200, window }) }),
        about: ['about 7 h 0 min for 10 GiB at 50 MB/s each, 4 at once; open for 1 h 0 min'],
      },
    ],
    quiet: [wave()],
    beside: [
      noWindow,
      {
        given: wave({ times: times({ seconds: null, bytesPerSecond: null, from: null }) }),
        why: 'no migration from here to there has been measured, and no rate was given (--rate)',
      },
    ],
  },
  'NEW-14': {
    found: [
      {
        given: wave({
          torn: [
            { by: 'folder', name: 'DC0/vm/shop', inWave: ['shop-web'], elsewhere: [{ name: 'shop-db', wave: 2 }] },
            { by: 'tag', name: 'App:shop', inWave: ['shop-web'], elsewhere: [{ name: 'cache', wave: null }] },
          ],
        }),
        about: [
          'folder “DC0/vm/shop”: shop-web of this wave; elsewhere shop-db (wave 2)',
          'tag “App:shop”: shop-web of this wave; elsewhere cache',
        ],
      },
    ],
    quiet: [wave()],
  },
  'PLN-10': {
    found: [{ given: wave({ elsewhere: [1, 1, 3] }), about: ['wave 1: 2 machines', 'wave 3: 1 machine'] }],
    quiet: [wave()],
  },
  'NEW-15': {
    found: [
      {
        given: wave({
          leftovers: [{ kind: 'port', name: 'guts-mig_0123456789ab-port-4000', id: 'p1', migration: null }],
        }),
        about: ['port “guts-mig_0123456789ab-port-4000” (p1)'],
      },
    ],
    quiet: [wave()],
  },
};

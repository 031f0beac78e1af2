/** What the cloud has, and how much of it is left. */
import type { CloudFacts } from '../../../../main/shared/cloud.ts';
import type { MigrationOptions } from '../../../../main/shared/migration.ts';
import type { Fix } from '../../../../main/shared/preflight.ts';
import { cloud, disk, flavor, machine } from '../../../plan/sample.ts';
import type { MoveCases, MoveChange } from '../move-change.ts';

const withQuotas = (change: Partial<CloudFacts['quotas']>): MoveChange => ({
  cloud: cloud({ quotas: { ...cloud().quotas, ...change } }),
});
const twoDisks = machine({ disks: [disk(), disk({ key: '2001' })] });
const flavors = (says: string, options: Partial<MigrationOptions>): Fix => ({ kind: 'options', says, options });
const withGroup = (members: number, most: number | null): CloudFacts =>
  cloud({ serverGroups: [{ id: 'group-1', name: 'apart', members }], mostGroupMembers: most });
const notWished = [{ given: {}, why: 'you named none' }];

export const cases: MoveCases = {
  'OST-02': {
    found: [
      {
        given: {
          options: { flavor: 'thin' },
          cloud: cloud({ flavors: [flavor('thin', 1, 2048, 5), ...cloud().flavors] }),
        },
        about: ['flavor “thin” has 5 GiB of disk, and 10 are needed'],
        fix: flavors('Take “medium”, the smallest that fits.', { flavor: 'medium' }),
      },
      { given: { options: { flavor: 'gone' } }, about: ['there is no flavor “gone”'] },
      {
        given: { cloud: cloud({ flavors: [flavor('small', 1, 2048, 20)] }) },
        about: ['no flavor has 2 vCPU, 4096 MiB, 10 GiB of disk'],
        fix: null,
      },
      {
        given: { cloud: cloud({ flavors: [flavor('diskless', 2, 4096, 0)] }) },
        about: ['no flavor has 2 vCPU, 4096 MiB, 10 GiB of disk'],
        fix: flavors('Boot from a volume; “diskless” fits then.', { boot: 'volume' }),
      },
      {
        given: { cloud: cloud({ flavors: [], mayCreateFlavors: true }) },
        about: ['no flavor has 2 vCPU, 4096 MiB, 10 GiB of disk'],
        fix: flavors('Have a flavor made that fits.', { flavor: null, createFlavor: true }),
      },
    ],
    quiet: [
      {},
      { options: { flavor: 'small' } },
      { options: { createFlavor: true }, cloud: cloud({ flavors: [], mayCreateFlavors: true }) },
    ],
  },
  'OST-02a': {
    found: [
      {
        given: { options: { flavor: 'small' } },
        about: [
          'flavor “small” has 1 vCPU, and 2 are needed',
          'flavor “small” has 2048 MiB of memory, and 4096 are needed',
        ],
      },
    ],
    quiet: [{ options: { flavor: 'medium' } }],
    beside: notWished,
  },
  'OST-03': {
    found: [{ given: { options: { volumeType: 'slow' } }, about: ['“slow”; there is “fast”'] }],
    quiet: [{ options: { volumeType: 'fast' } }],
    beside: notWished,
  },
  'OST-04': {
    found: [{ given: { options: { availabilityZone: 'mars' } }, about: ['“mars”; there is “nova”'] }],
    quiet: [{ options: { availabilityZone: 'nova' } }],
    beside: notWished,
  },
  'OST-05': {
    found: [{ given: { options: { securityGroups: ['open', 'closed'] } }, about: ['“closed”; there is “open”'] }],
    quiet: [{ options: { securityGroups: ['open'] } }, { options: { securityGroups: ['sg-1'] } }],
    beside: notWished,
  },
  'OST-06': {
    found: [{ given: { options: { serverGroup: 'apart' } }, about: ['“apart”'] }],
    quiet: [{ options: { serverGroup: 'apart' }, cloud: cloud({ serverGroups: [{ id: 'group-1', name: 'apart' }] }) }],
    beside: notWished,
  },
  'OST-06a': {
    found: [
      {
        given: { options: { serverGroup: 'apart' }, cloud: withGroup(10, 10) },
        about: ['“apart”: 10 of 10 servers'],
      },
    ],
    quiet: [
      { options: { serverGroup: 'apart' }, cloud: withGroup(9, 10) },
      { options: { serverGroup: 'apart' }, cloud: withGroup(10, null) },
    ],
    beside: notWished,
  },
  'OST-13': {
    found: [
      {
        given: {
          cloud: cloud({
            typeQuotas: { fast: { volumes: { limit: null, used: 1 }, volumeGiB: { limit: 100, used: 95 } } },
          }),
          vm: twoDisks,
        },
        about: ['GiB of volumes of the type “fast”: 10 needed, 95 of 100 used'],
      },
      {
        given: {
          cloud: cloud({
            typeQuotas: { ssd: { volumes: { limit: 1, used: 0 }, volumeGiB: { limit: null, used: 0 } } },
          }),
          options: { boot: 'volume', volumeType: 'ssd' },
          vm: twoDisks,
        },
        about: ['volumes of the type “ssd”: 2 needed, 0 of 1 used'],
      },
      { given: withQuotas({ cores: { limit: 20, used: 19 } }), about: ['cores: 2 needed, 19 of 20 used'] },
      {
        given: { ...withQuotas({ volumes: { limit: 1, used: 1 } }), vm: twoDisks },
        about: ['volumes: 1 needed, 1 of 1 used'],
      },
    ],
    quiet: [
      {},
      withQuotas({ cores: { limit: 20, used: 18 } }),
      withQuotas({ volumes: { limit: 1, used: 1 } }), // the first disk is an image
      withQuotas({ cores: { limit: -1, used: 19 } }),
    ],
  },
  'OST-13a': {
    found: [
      {
        given: { cloud: cloud({ mostVolumeGiB: 9 }), vm: twoDisks },
        about: ['Hard disk 1: 10 GiB, and 9 GiB are allowed'],
      },
    ],
    quiet: [
      { cloud: cloud({ mostVolumeGiB: 9 }) }, // the first disk is an image
      { cloud: cloud({ mostVolumeGiB: 10 }), vm: twoDisks },
      { cloud: cloud({ mostVolumeGiB: null }), vm: twoDisks },
    ],
  },
  'OST-14': {
    found: [
      { given: { options: { keyPair: 'mine' } }, about: ['“mine”; there is “lab”'] },
      { given: { options: { keyPair: 'mine' }, cloud: cloud({ keyPairs: [] }) }, about: ['“mine”; there is none'] },
    ],
    quiet: [{ options: { keyPair: 'lab' } }],
    beside: notWished,
  },
};

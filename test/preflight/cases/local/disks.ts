/** Disks that come as files, and the room for them. */
import { GiB, MiB } from '../../../support/disks.ts';
import { allWell, disk, failed, type LocalCases, withFree, withImage } from '../../local-sample.ts';

const inTheWay = { ...allWell.destination, existing: ['/srv/vms/disk1.qcow2'] };
const disks = (count: number) => ({ ...allWell, disks: Array.from({ length: count }, () => disk) });
const notTold = { allocatedBytes: null };
const spaceUnknown = { given: withFree(null), why: 'the file system does not say how much space is free' };

export const cases: LocalCases = {
  'DSK-20': { found: [{ given: { ...allWell, disks: [] }, about: ['shop-01'] }], quiet: [allWell] },
  'DSK-08': { found: [{ given: disks(27), about: ['27 disks'] }], quiet: [disks(26)] },
  'LOC-01': {
    found: [
      {
        given: failed('disk.damaged', 'The grain table overlaps.'),
        about: ['disk2.vmdk: The grain table overlaps.'],
      },
    ],
    quiet: [allWell, failed('disk.file-missing', 'The image needs “base.vmdk”.')],
  },
  'LOC-02': {
    found: [
      {
        given: failed('disk.file-missing', 'The image needs “base.vmdk”.'),
        about: ['disk2.vmdk: The image needs “base.vmdk”.'],
      },
    ],
    quiet: [allWell, failed('disk.damaged', 'The grain table overlaps.')],
  },
  'DSK-01': {
    found: [{ given: withImage({ virtualSizeBytes: 0, allocatedBytes: 0 }), about: ['disk1.vmdk'] }],
    quiet: [allWell],
  },
  'LOC-04': {
    found: [{ given: withImage({ virtualSizeBytes: 1000 }), about: ['disk1.vmdk: 1000 bytes'] }],
    quiet: [allWell, withImage({ virtualSizeBytes: 1024 })],
  },
  'LOC-05': { found: [{ given: withImage({ sectorSizeBytes: 4096 }), about: ['disk1.vmdk'] }], quiet: [allWell] },
  'LOC-06': {
    found: [{ given: withImage({ warnings: ['The footer differs.'] }), about: ['disk1.vmdk: The footer differs.'] }],
    quiet: [allWell],
  },
  'DSK-22': {
    found: [{ given: withFree(300 * MiB), about: ['/srv/vms: 300 MiB free, 1 GiB needed'] }],
    quiet: [allWell, withFree(1536 * MiB), withFree(2 * GiB, notTold)], // a compressed stream may take no more
    beside: [spaceUnknown],
  },
  'DSK-22a': {
    found: [
      { given: withFree(1536 * MiB), about: ['/srv/vms: 1.5 GiB free, 2.0 GiB needed'] },
      { given: withFree(2 * GiB, notTold), about: ['/srv/vms: 2 GiB free, 10.0 GiB needed'] },
    ],
    quiet: [allWell, withFree(300 * MiB), withFree(11 * GiB, notTold)],
    beside: [spaceUnknown],
  },
  'LOC-03': {
    found: [{ given: { ...allWell, destination: inTheWay }, about: ['/srv/vms/disk1.qcow2'] }],
    quiet: [allWell],
    beside: [
      {
        given: { ...allWell, destination: { ...inTheWay, mayReplace: true } },
        why: 'you allowed that files are replaced',
      },
    ],
  },
};

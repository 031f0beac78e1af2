/** What will hurt of a move, as an assessment tells it: with figures and names that add up. */
import { describe, expect, test } from 'vitest';
import { TIME_UNTOLD } from '../../main/shared/inventory.ts';
import { disk, machine } from '../plan/sample.ts';
import { estate, judged, vm } from './estate.ts';

const GiB = 2 ** 30;

describe('what will hurt', () => {
  test('is told with figures and names', async () => {
    const snapshot = { ref: 's', name: 's', createdAt: '2020-01-01T00:00:00Z', depth: 0 };
    const { hurts } = await judged(
      estate({
        vms: [
          vm('big', { disks: [disk({ sizeBytes: 4096 * GiB, storedBytes: 4096 * GiB })] }),
          vm('raw', { disks: [disk({ rawDevice: 'physical' })] }),
          vm('old', { guestOsId: null, guestOsName: 'Microsoft Windows Server 2003 Standard (32-bit)' }),
          vm('older', { guestOsId: 'rhel5_64Guest', guestOsName: 'Red Hat Enterprise Linux 5 (64-bit)' }),
          vm('snapped', { snapshots: [snapshot, snapshot] }),
          vm('patched', { snapshots: [{ ...snapshot, createdAt: '2026-02-27T00:00:00Z' }] }),
          vm('ageless', { snapshots: [{ ...snapshot, createdAt: TIME_UNTOLD }] }),
          vm('mute', { guest: { ...machine().guest, tools: 'stopped' }, power: 'on' }),
          vm('bare', { guest: { ...machine().guest, tools: 'missing' }, power: 'off' }),
          vm('asleep', { guest: { ...machine().guest, tools: 'stopped' }, power: 'off' }),
        ],
      }),
    );

    const told = hurts.map(({ says, about }) => `${says}: ${about.join('; ')}`);
    expect(told).toEqual([
      '1 machine takes longer than a window of 8 h: big: 24 h for 4 TiB',
      '1 disk is larger than 2 TiB: big, Hard disk 1: 4 TiB, up to 24 h to copy',
      '1 disk of 10 GiB is a raw device: raw, Hard disk 1: physical, 10 GiB',
      '2 guests have no tools that run (VMware Tools, integration services): nobody can ask for a shutdown, and addresses are not told, or those of before: mute: installed, do not run; bare: not installed, the machine is off',
      '3 machines have 4 snapshots, 2 older than 3 days, of 1 the age is not told: only the present state is moved: snapped: 2, the oldest of 2020-01-01; ageless: 1; patched: 1, of 2026-02-27',
      'Of 2 guests the maker’s regular support has ended; whether a paid one goes on (ESU, ELS) is not told: Windows Server 2003, ended on 2015-07-14: 1; RHEL 5, ended on 2017-03-31: 1',
    ]);
  });
});

test('machines of one name are told with their ids, since a plan has to tell them apart', async () => {
  const { hurts } = await judged(
    estate({ vms: [{ ...vm('twin'), ref: 'vm-1' }, { ...vm('Twin'), ref: 'vm-2' }, vm('other')] }),
  );

  expect(hurts).toContainEqual({
    says: '1 name is that of several machines, whose servers need names of their own to be told apart',
    about: ['twin: vm-1, vm-2'],
  });
});

describe('how much the disks hold', () => {
  test('is told beside the quota with one base: a disk of which nobody tells counts as full in both', async () => {
    const { hurts, totals } = await judged(
      estate({
        vms: [
          vm('thin', { disks: [disk({ sizeBytes: 1000 * GiB, storedBytes: 100 * GiB })] }),
          vm('raw', { disks: [disk({ sizeBytes: 500 * GiB, storedBytes: null, rawDevice: 'virtual' })] }),
        ],
      }),
    );

    expect(totals).toMatchObject({ diskGiB: 1500, copyBytes: 600 * GiB });
    expect(hurts).toContainEqual({
      says: 'The disks hold 600 GiB of 1.5 TiB: volumes count as large as the disks are',
      about: [
        'quota for 1500 GiB is needed',
        'storage for 600 GiB at first',
        'of 1 disk (500 GiB) nobody tells how much it holds: it counts as full',
      ],
    });
  });
});

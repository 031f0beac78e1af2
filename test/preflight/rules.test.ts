/** The rules of the local route: each finds its one fact, says what to do, and keeps quiet when all is well. */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ImageFacts } from '../../main/shared/disk.ts';
import { Finding, mayStart } from '../../main/shared/preflight.ts';
import type { VmFacts } from '../../main/shared/vm.ts';
import { check } from '../../worker/preflight/check.ts';
import type { DiskFact, LocalRouteFacts } from '../../worker/preflight/facts.ts';
import { localRules } from '../../worker/preflight/rules.ts';
import { GiB, MiB } from '../support/disks.ts';

const image: ImageFacts = {
  format: 'vmdk',
  variant: 'streamOptimized',
  virtualSizeBytes: 10 * GiB,
  allocatedBytes: 2 * GiB,
  sectorSizeBytes: 512,
  creator: null,
  chain: [{ name: 'disk1.vmdk', format: 'vmdk', variant: 'streamOptimized' }],
  warnings: [],
};
const disk: DiskFact = { name: 'disk1.vmdk', storedBytes: 1 * GiB, image, error: null };
const vm: VmFacts = {
  name: 'shop-01',
  cpus: 2,
  memoryBytes: 4 * GiB,
  firmware: 'bios',
  secureBoot: false,
  guestOsId: 'ubuntu64Guest',
  guestOsName: null,
  disks: [],
  nics: [{ mac: '00:50:56:01:02:03', network: 'VM Network', model: 'vmxnet3', connected: true }],
  source: 'ova',
  warnings: [],
};
const allWell: LocalRouteFacts = {
  vm,
  disks: [disk],
  manifest: { state: 'present' },
  destination: { folder: '/srv/vms', freeBytes: 100 * GiB, existing: [], mayReplace: false },
};

const withImage = (changes: Partial<ImageFacts>): LocalRouteFacts => ({
  ...allWell,
  disks: [{ ...disk, image: { ...image, ...changes } }],
});
const withVm = (changes: Partial<VmFacts>): LocalRouteFacts => ({ ...allWell, vm: { ...vm, ...changes } });
const withFree = (freeBytes: number | null, changes: Partial<ImageFacts> = {}): LocalRouteFacts => ({
  ...withImage(changes),
  destination: { ...allWell.destination, freeBytes },
});
const failed = (code: string, message: string): LocalRouteFacts => ({
  ...allWell,
  disks: [
    disk,
    {
      name: 'disk2.vmdk',
      storedBytes: 5,
      image: null,
      error: { code, message, remedy: 'Export again.', retryable: false },
    },
  ],
});

/** For every rule: the smallest change that it must find, and what it must point at. */
const stories: Readonly<Record<string, { facts: LocalRouteFacts; about: string }>> = {
  'DSK-20': { facts: { ...allWell, disks: [] }, about: 'shop-01' },
  'DSK-08': { facts: { ...allWell, disks: Array.from({ length: 27 }, () => disk) }, about: '27 disks' },
  'LOC-01': {
    facts: failed('disk.damaged', 'The grain table overlaps.'),
    about: 'disk2.vmdk: The grain table overlaps.',
  },
  'LOC-02': {
    facts: failed('disk.file-missing', 'The image needs “base.vmdk”.'),
    about: 'disk2.vmdk: The image needs “base.vmdk”.',
  },
  'DSK-01': { facts: withImage({ virtualSizeBytes: 0, allocatedBytes: 0 }), about: 'disk1.vmdk' },
  'LOC-04': { facts: withImage({ virtualSizeBytes: 1000 }), about: 'disk1.vmdk: 1000 bytes' },
  'LOC-05': { facts: withImage({ sectorSizeBytes: 4096 }), about: 'disk1.vmdk' },
  'LOC-06': { facts: withImage({ warnings: ['The footer differs.'] }), about: 'disk1.vmdk: The footer differs.' },
  'DSK-22': { facts: withFree(300 * MiB), about: '/srv/vms: 300 MiB free, 1 GiB needed' },
  'DSK-22a': { facts: withFree(1536 * MiB), about: '/srv/vms: 1.5 GiB free, 2.0 GiB needed' },
  'LOC-03': {
    facts: { ...allWell, destination: { ...allWell.destination, existing: ['/srv/vms/disk1.qcow2'] } },
    about: '/srv/vms/disk1.qcow2',
  },
  'SRC-23': {
    facts: {
      ...allWell,
      manifest: {
        state: 'differs',
        error: {
          code: 'container.manifest',
          message: '“disk1.vmdk” differs.',
          remedy: 'Copy it again.',
          retryable: false,
        },
      },
    },
    about: '“disk1.vmdk” differs.',
  },
  'SRC-23a': { facts: { ...allWell, manifest: { state: 'missing' } }, about: 'shop-01' },
  'NET-12': {
    facts: withVm({ nics: [{ mac: '00:50:56:01:02:03', network: null, model: null, connected: true }] }),
    about: 'network card 1 (00:50:56:01:02:03)',
  },
  'NEW-18': { facts: withVm({ firmware: 'uefi' }), about: 'shop-01' },
  'DEV-01': { facts: withVm({ secureBoot: true }), about: 'shop-01' },
  'OS-02': { facts: withVm({ guestOsId: 'otherGuest64' }), about: 'shop-01' },
};

describe('the rules of the local route', () => {
  test('find nothing when all is well', () => {
    expect(check(localRules, allWell)).toEqual([]);
  });

  test('have one story each', () => {
    expect(Object.keys(stories).sort()).toEqual(localRules.map(({ id }) => id).sort());
  });

  test.each(Object.entries(stories))('%s finds its fact and nothing else does', (id, { facts, about }) => {
    const findings = check(localRules, facts);

    expect(findings.map((finding) => finding.id)).toEqual([id]);
    expect(findings[0]?.about).toEqual([about]);
    expect(Finding.parse(findings[0])).toEqual(findings[0]);
  });

  test('stand in the manual, word for word', () => {
    const manual = readFileSync(path.resolve(import.meta.dirname, '../../docs/preflight.md'), 'utf8');
    const rows = localRules.map(({ id, severity, says, remedy }) => `| ${id} | ${severity} | ${says} | ${remedy} |`);

    expect(manual.split('\n').filter((line) => /^\| [A-Z]/.test(line))).toEqual(rows);
  });

  test('put what blocks first', () => {
    const findings = check(localRules, {
      ...withVm({ firmware: 'uefi', guestOsId: null }),
      disks: [],
      manifest: { state: 'missing' },
    });

    expect(findings.map(({ id }) => id)).toEqual(['DSK-20', 'SRC-23a', 'NEW-18', 'OS-02']);
    expect(mayStart(findings)).toBe(false);
    expect(mayStart(findings.slice(1))).toBe(true);
  });

  test('let files be replaced when the operator said so', () => {
    const facts = {
      ...allWell,
      destination: { ...allWell.destination, existing: ['/srv/vms/disk1.qcow2'], mayReplace: true },
    };

    expect(check(localRules, facts)).toEqual([]);
  });

  test('ask for no more space than a compressed stream may take, but warn when a plain copy would not fit', () => {
    const unknown = { allocatedBytes: null };

    expect(check(localRules, withFree(2 * GiB, unknown)).map(({ id }) => id)).toEqual(['DSK-22a']);
    expect(check(localRules, withFree(11 * GiB, unknown))).toEqual([]);
    expect(check(localRules, withFree(null))).toEqual([]);
  });

  test('know a guest that is only nearly unknown', () => {
    expect(check(localRules, withVm({ guestOsId: 'other3xLinux64Guest' }))).toEqual([]);
    expect(check(localRules, withVm({ guestOsId: 'cim:1' })).map(({ id }) => id)).toEqual(['OS-02']);
  });

  test('do not ask of a bare disk what only a machine has', () => {
    expect(check(localRules, { ...allWell, vm: null, manifest: { state: 'none-expected' } })).toEqual([]);
  });
});

/** What our own descriptor says is what a reader of OVF makes of it: ours for the facts, another for the form. */
import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ControllerKind, VmDisk, VmFacts } from '../../main/shared/vm.ts';
import { parseOvf } from '../../worker/containers/ovf.ts';
import { writeOvf } from '../../worker/containers/ovf-writer.ts';
import { GiB, run, scratch } from '../support/disks.ts';
import { fixture } from './packing.ts';

const word = fc.stringMatching(/^[A-Za-z0-9<>&"'äß日][A-Za-z0-9 <>&"'._äß日-]{0,20}[A-Za-z0-9<>&"'äß日]$/);
const orNull = <T>(some: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(some, { nil: null });
const MODELS: readonly (readonly [ControllerKind, string | null])[] = [
  ['ide', null],
  ['ide', 'piix4'],
  ['scsi', 'pvscsi'],
  ['scsi', 'lsisas1068'],
  ['scsi', null],
  ['sata', 'ahci'],
  ['nvme', 'nvme'],
  ['virtio', 'virtio'],
];

/** Disks on one controller of each kind, in the order of controllers, some of them in the boot order. */
const disks = fc
  .uniqueArray(
    fc.tuple(
      fc.constantFrom(...MODELS),
      fc.nat(60),
      orNull(word),
      orNull(fc.integer({ min: 1, max: 2 ** 50 })),
      fc.boolean(),
    ),
    {
      maxLength: 6,
      selector: ([[kind]]) => kind,
    },
  )
  .map((rows): VmDisk[] => {
    const sorted = [...rows].sort((a, b) => KINDS.indexOf(a[0][0]) - KINDS.indexOf(b[0][0]));
    const booting = sorted.filter(([, , , , boots]) => boots);
    return sorted.map((row, index) => {
      const [[kind, model], unit, file, size, boots] = row;
      return {
        id: `d${index}`,
        file: file === null ? null : `disk ${index}.vmdk`,
        format: null,
        virtualSizeBytes: file === null ? (size ?? GiB) : size, // a blank disk needs a size
        controller: { kind, model, bus: index, unit },
        bootIndex: boots ? booting.indexOf(row) : null,
      };
    });
  });
const KINDS: readonly ControllerKind[] = ['ide', 'scsi', 'sata', 'nvme', 'virtio', 'usb'];

const machine: fc.Arbitrary<VmFacts> = fc
  .record({
    name: word,
    cpus: fc.integer({ min: 1, max: 768 }),
    memoryBytes: fc.integer({ min: 1, max: 2 ** 44 }),
    firmware: fc.constantFrom('bios' as const, 'uefi' as const),
    secureBoot: fc.boolean(),
    guestOsId: orNull(fc.oneof(word, fc.constant('cim:93'))),
    guestOsName: orNull(word),
    disks,
    nics: fc.array(
      fc.record({
        mac: orNull(fc.constant('00:50:56:01:02:03')),
        network: orNull(word),
        model: orNull(fc.constantFrom('e1000', 'vmxnet3', 'pcnet32', 'virtio')),
        connected: fc.boolean(),
      }),
      { maxLength: 4 },
    ),
    source: fc.constant('ovf' as const),
    warnings: fc.constant<string[]>([]),
  })
  .map((vm) => ({ ...vm, secureBoot: vm.secureBoot && vm.firmware === 'uefi' }));

describe('writing an OVF description', () => {
  test('keeps every fact of any machine', () => {
    fc.assert(
      fc.property(machine, (vm) => {
        const sizes = new Map(vm.disks.flatMap(({ file }, index) => (file === null ? [] : [[file, index * 1000]])));
        const { vm: back, files } = parseOvf(Buffer.from(writeOvf(vm, sizes)), 'x.ovf');

        expect({ ...back, warnings: [] }).toEqual(vm);
        expect(new Map(files.map(({ href, sizeBytes }) => [href, sizeBytes]))).toEqual(sizes);
      }),
      { numRuns: 200 },
    );
  });

  test('gives XML that another reader takes, and the facts of a foreign description again', async () => {
    using lab = scratch();
    const { vm, files } = parseOvf(await fixture('vcenter.ovf'), 'erp.ovf');
    const text = writeOvf(vm, new Map(files.map(({ href, sizeBytes }) => [href, sizeBytes ?? 0])));
    writeFileSync(lab.file('x.ovf'), text);
    run('python3', '-c', 'import sys, xml.etree.ElementTree as t; t.parse(sys.argv[1])', lab.file('x.ovf'));

    const again = parseOvf(Buffer.from(text), 'x.ovf').vm;
    expect({ ...again, warnings: [] }).toEqual({ ...vm, warnings: [] });
  });
});

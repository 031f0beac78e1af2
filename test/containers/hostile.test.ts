/** Whatever becomes of a description's bytes, reading it ends in facts that hold or in an error with a way out. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GutsError } from '../../main/shared/errors.ts';
import { VmFacts } from '../../main/shared/vm.ts';
import { parseLibvirt } from '../../worker/containers/libvirt.ts';
import { parseManifest } from '../../worker/containers/manifest.ts';
import { parseOvf } from '../../worker/containers/ovf.ts';
import { parseVmx } from '../../worker/containers/vmx.ts';
import { domainOf } from '../../worker/destinations/local/domain.ts';
import { fixture } from './packing.ts';

type Change = { readonly at: number; readonly cut: number; readonly insert: string };

/** Places are fractions of the file, so that one change shrinks and repeats for files of any length. */
const changes = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    cut: fc.oneof(fc.nat(3), fc.nat(400)),
    insert: fc.oneof(
      fc.string({ maxLength: 3, unit: 'binary' }),
      fc.constantFrom(
        '&',
        '<',
        '>',
        '"',
        '\n',
        '=',
        '-1',
        '99999999999999999999',
        '0',
        '../',
        '__proto__',
        '&#0;',
        '<![CDATA[',
        ']]>',
        '<!--',
        '|00',
      ),
    ),
  }),
  { minLength: 1, maxLength: 5 },
);

function changed(bytes: Buffer, list: readonly Change[]): Buffer {
  return list.reduce((before, { at, cut, insert }) => {
    const place = Math.floor(at * before.length);
    return Buffer.concat([before.subarray(0, place), Buffer.from(insert), before.subarray(place + cut)]);
  }, bytes);
}

const readers: readonly (readonly [string, (bytes: Buffer) => VmFacts])[] = [
  ['vcenter.ovf', (bytes) => parseOvf(bytes, 'x').vm],
  ['virtualbox.ovf', (bytes) => parseOvf(bytes, 'x').vm],
  ['two-sizes-2.0.ovf', (bytes) => parseOvf(bytes, 'x', { vmName: 'db' }).vm],
  ['esxi.vmx', (bytes) => parseVmx(bytes, 'x')],
  ['workstation.vmx', (bytes) => parseVmx(bytes, 'x')],
  ['kvm.xml', (bytes) => parseLibvirt(bytes, 'x')],
];

describe('a description with damage', () => {
  test.each(readers)('is read or refused, and what is read can be written as a domain: %s', async (name, read) => {
    const sound = await fixture(name);
    fc.assert(
      fc.property(changes, (list) => {
        let vm: VmFacts;
        try {
          vm = read(changed(sound, list));
        } catch (error) {
          expect(error).toBeInstanceOf(GutsError);
          return;
        }
        expect(VmFacts.parse(vm)).toEqual(vm);
        const disks = vm.disks.map((_, index) => ({ file: `/d${index}`, format: 'qcow2' as const }));
        const { xml } = domainOf(vm, { type: 'qemu', hardware: 'compatible', disks, network: null });
        expect(parseLibvirt(Buffer.from(xml), 'x')).toMatchObject({
          cpus: vm.cpus,
          memoryBytes: vm.memoryBytes,
          firmware: vm.firmware,
        });
      }),
      { numRuns: 300 },
    );
  });

  test('is read or refused where it is a manifest', () => {
    const sound = Buffer.from(`SHA1(a.ovf)= ${'a'.repeat(40)}\r\nSHA256(b c.vmdk)= ${'b'.repeat(64)}\n`);
    fc.assert(
      fc.property(changes, (list) => {
        try {
          for (const [name, { hex }] of parseManifest(changed(sound, list), 'x'))
            expect([name.split('/').includes('..'), hex]).toEqual([false, expect.stringMatching(/^[0-9a-f]+$/)]);
        } catch (error) {
          expect(error).toBeInstanceOf(GutsError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

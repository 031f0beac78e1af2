/** Puts the libvirt domain of a moved machine beside its disks, and says what became what. */
import { existsSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import * as path from 'node:path';
import type { ConvertedDisk } from '../../main/shared/converted-disk.ts';
import type { MigrationReport, ReportCheck, WrittenFile } from '../../main/shared/report.ts';
import type { VmFacts } from '../../main/shared/vm.ts';
import { parseLibvirt } from '../containers/libvirt.ts';
import { domainOf } from '../destinations/local/domain.ts';
import { writeFailure } from '../engine/errors.ts';

export interface PlacedDomain {
  readonly file: WrittenFile;
  readonly mapping: MigrationReport['mapping'];
  readonly check: ReportCheck;
}

export const domainName = (vmName: string): string => `${vmName}.xml`;
export const domainPartName = (vmName: string): string => `.${domainName(vmName)}.part`;

/** Writes the domain into the folder of the disks, and reads it again as a host would. */
export async function placeDomain(vm: VmFacts, disks: readonly ConvertedDisk[], folder: string): Promise<PlacedDomain> {
  const { xml, mapping } = domainOf(vm, {
    type: existsSync('/dev/kvm') ? 'kvm' : 'qemu',
    hardware: 'virtio',
    disks: disks.map(({ output, format }) => ({ file: output, format })),
    network: null,
  });
  const bytes = Buffer.from(xml);
  const file = path.join(folder, domainName(vm.name));
  const part = path.join(folder, domainPartName(vm.name));
  try {
    await using handle = await open(part, 'wx');
    await handle.writeFile(bytes);
    await handle.sync();
    await rename(part, file);
  } catch (error) {
    throw writeFailure(file, error);
  }
  return {
    file: { path: file, what: 'libvirt domain', sizeBytes: bytes.byteLength, sha512: null },
    mapping: [...mapping],
    check: checkDomain(vm, disks, parseLibvirt(bytes, domainName(vm.name))),
  };
}

/** Whether the domain, read back, describes the machine that the source described, on the disks that were written. */
function checkDomain(vm: VmFacts, disks: readonly ConvertedDisk[], read: VmFacts): ReportCheck {
  const facts = ({ name, cpus, memoryBytes, firmware, nics }: VmFacts): string =>
    [name, `${cpus} CPU`, `${memoryBytes} bytes of memory`, firmware, ...nics.map(({ mac }) => mac ?? 'new MAC')].join(
      ', ',
    );
  const files = (names: readonly (string | null)[]): string => names.map((name) => name ?? 'no file').join(', ');
  const wanted = `${facts(vm)}; ${files(disks.map(({ output }) => output))}`;
  const found = `${facts(read)}; ${files(read.disks.map(({ file }) => file))}`;
  return {
    about: 'libvirt domain',
    claim: 'The domain describes the same machine on the written disks.',
    evidence: wanted === found ? `Read back: ${found}` : `It says “${found}” instead of “${wanted}”.`,
    outcome: wanted === found ? 'passed' : 'failed',
  };
}

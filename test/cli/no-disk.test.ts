/** What is no disk any more is not converted as if it were one. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { makeRaw, MiB, qemuImg, scratch } from '../support/disks.ts';
import { guts } from '../support/guts.ts';
import { packedOva } from '../support/ova.ts';

const flipped = (file: string, position: number): void => {
  const bytes = readFileSync(file);
  bytes[position] = (bytes[position] ?? 0) ^ 2;
  writeFileSync(file, bytes);
};
const domain = (driver: string): string =>
  `<domain type='kvm'><name>files</name><memory unit='GiB'>1</memory><vcpu>2</vcpu><os><type>hvm</type></os><devices>
<disk type='file' device='disk'>${driver}<source file='disk.qcow2'/><target dev='vda' bus='virtio'/></disk></devices></domain>`;

// A flipped bit in the first bytes made each of these a raw disk: the text or the archive itself, with exit code 0.
test.each(['vm.ova', 'vm.xml', 'vm.vmx', 'vm.ovf'])('a damaged %s is not taken for a raw disk', async (name) => {
  using tmp = scratch();
  if (name === 'vm.ova') await packedOva(tmp.file(name), [{ sizeBytes: MiB, writes: [{ offset: 0, length: 4096 }] }]);
  if (name === 'vm.xml') writeFileSync(tmp.file(name), domain(''));
  if (name === 'vm.vmx') writeFileSync(tmp.file(name), 'config.version = "8"\nmemSize = "512"\n');
  if (name === 'vm.ovf')
    writeFileSync(tmp.file(name), '<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1"></Envelope>');
  flipped(tmp.file(name), 2);

  const done = await guts(tmp.file('state'), 'convert', tmp.file(name), tmp.file('out.raw'));

  expect(done).toMatchObject({ code: 1 });
  expect(done.stderr).toMatch(/(disk\.not-its-format|container\.[a-z-]+)[^]*What to do/);
  expect(readdirSync(tmp.dir).toSorted()).toEqual(['state', name].toSorted());
});

// One flipped bit in “scsi0:0.present” left a machine without disks, and a conversion of nothing that had succeeded.
test.each(['convert', 'digest'])('a machine that has lost its disk is refused by %s', async (command) => {
  using tmp = scratch();
  writeFileSync(
    tmp.file('vm.vmx'),
    'config.version = "8"\nvirtualHW.version = "19"\nmemSize = "512"\nscsi0:0.pre3ent = "TRUE"\n',
  );

  const done = await guts(
    tmp.file('state'),
    command,
    tmp.file('vm.vmx'),
    ...(command === 'convert' ? [tmp.file('out')] : []),
  );

  expect(done).toMatchObject({ code: 1, stdout: '' });
  expect(done.stderr).toMatch(/source\.no-disks[^]*guts inspect/);
});

// Without its driver element a qcow2 disk was converted as raw: a guest would have found the image instead of its disk.
test('a domain that does not say that its disk is qcow2 is refused, and so is one that says otherwise', async () => {
  using tmp = scratch();
  await makeRaw(tmp.file('disk.raw'), MiB, [{ offset: 0, length: 4096 }]);
  qemuImg('convert', '-O', 'qcow2', tmp.file('disk.raw'), tmp.file('disk.qcow2'));

  for (const driver of ['', "<driver name='qemu' type='raw'/>"]) {
    writeFileSync(tmp.file('vm.xml'), domain(driver));
    const done = await guts(tmp.file('state'), 'convert', tmp.file('vm.xml'), tmp.file('out.raw'));
    expect(done).toMatchObject({ code: 1 });
    expect(done.stderr).toMatch(/container\.unsupported[^]*type='qcow2'/);
  }
  writeFileSync(tmp.file('vm.xml'), domain("<driver name='qemu' type='qcow2'/>"));
  expect(await guts(tmp.file('state'), 'convert', tmp.file('vm.xml'), tmp.file('out.raw'))).toMatchObject({ code: 0 });
  qemuImg('compare', tmp.file('disk.raw'), tmp.file('out.raw'));
});

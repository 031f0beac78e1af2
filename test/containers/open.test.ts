/** A container on disk becomes its machine and its disks, each readable as the guest saw it, and nothing beside them. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { writeManifest, ManifestCheck } from '../../worker/containers/manifest.ts';
import { detectContainer, openContainer, type ContainerOptions } from '../../worker/containers/open.ts';
import type { VmFacts } from '../../main/shared/vm.ts';
import { readBytes } from '../../worker/disk/bytes.ts';
import { contentHash, fileHash, makeRaw, MiB, qemuImg, run, scratch } from '../support/disks.ts';
import { fixture, sha256, tarOf } from './packing.ts';

type Lab = ReturnType<typeof scratch>;

/** Two disks as streamOptimized VMDK, an ISO, and vCenter's description of them: `erp.*` in the lab's folder. */
async function exportTo(lab: Lab): Promise<{ files: [string, Buffer][]; rawHashes: string[] }> {
  const ovf = (await fixture('vcenter.ovf')).toString();
  await makeRaw(lab.file('1.raw'), 8 * MiB, [{ offset: 65536, length: MiB }]);
  await makeRaw(lab.file('2.raw'), 4 * MiB, [{ offset: 3 * MiB, length: 4096 }]);
  for (const number of [1, 2])
    qemuImg(
      'convert',
      '-O',
      'vmdk',
      '-o',
      'subformat=streamOptimized',
      lab.file(`${number}.raw`),
      lab.file(`erp-${number}.vmdk`),
    );
  writeFileSync(lab.file('erp-3.iso'), 'CD');
  const sized = ovf
    .replace(
      'ovf:capacity="40" ovf:capacityAllocationUnits="byte * 2^30"',
      'ovf:capacity="8" ovf:capacityAllocationUnits="byte * 2^20"',
    )
    .replace('ovf:capacity="102400"', 'ovf:capacity="4"')
    .replace('ovf:size="1048576"', `ovf:size="${readFileSync(lab.file('erp-1.vmdk')).length}"`)
    .replace('ovf:size="524288"', `ovf:size="${readFileSync(lab.file('erp-2.vmdk')).length}"`);
  writeFileSync(lab.file('erp.ovf'), sized);
  const names = ['erp.ovf', 'erp-1.vmdk', 'erp-2.vmdk', 'erp-3.iso'];
  writeFileSync(
    lab.file('erp.mf'),
    writeManifest(names.map((name) => [name, { algorithm: 'sha256', hex: sha256(readFileSync(lab.file(name))) }])),
  );
  const files = ['erp.ovf', 'erp.mf', ...names.slice(1)].map((name): [string, Buffer] => [
    name,
    readFileSync(lab.file(name)),
  ]);
  return {
    files,
    rawHashes: await Promise.all([1, 2].map(async (number) => await fileHash(lab.file(`${number}.raw`)))),
  };
}

const vmOf = async (file: string, options?: ContainerOptions): Promise<VmFacts> => {
  await using container = await openContainer(file, options);
  return container.vm;
};

describe('opening a package', () => {
  test.each(['erp.ova', 'erp.ovf'])('gives the machine and its disks’ content: %s', async (name) => {
    using lab = scratch();
    const { files, rawHashes } = await exportTo(lab);
    writeFileSync(lab.file('erp.ova'), tarOf(files));

    await using container = await openContainer(lab.file(name));

    expect(container.kind).toBe(name.slice(-3));
    expect(container.vm).toMatchObject({ name: 'erp', source: name.slice(-3), cpus: 4 });
    expect(container.vm.warnings).toEqual([
      'The disk “vmdisk3” comes without a file and starts blank.',
      'The medium in a CD or floppy drive (file/file3) is left behind.',
    ]);
    expect(container.disks.map(({ facts }) => facts)).toEqual(container.vm.disks);
    expect(container.otherFiles.map((file) => file.name)).toEqual(['erp-3.iso']);
    for (const [index, rawHash] of rawHashes.entries()) {
      const disk = container.disks[index];
      await using image = await disk?.openImage();
      if (image === undefined) throw new Error('no such disk');
      expect(image.facts).toMatchObject({ format: 'vmdk', variant: 'streamOptimized', warnings: [] });
      expect(await contentHash(image)).toBe(rawHash);
    }
    expect(container.disks[2]?.member).toBeNull();
    await using blank = await container.disks[2]?.openImage();
    expect(blank?.facts).toMatchObject({ variant: 'blank', virtualSizeBytes: 16106127360 });
  });

  test('lets a disk’s stored bytes be read in one pass and held against the manifest', async () => {
    using lab = scratch();
    const { files } = await exportTo(lab);
    writeFileSync(lab.file('good.ova'), tarOf(files));
    const bad = files.map(([name, bytes]): [string, Buffer] => {
      const copy = Buffer.from(bytes);
      if (name === 'erp-1.vmdk') copy[5000] = (copy[5000] ?? 0) ^ 1;
      return [name, copy];
    });
    writeFileSync(lab.file('bad.ova'), tarOf(bad));

    const verdict = async (file: string): Promise<void> => {
      await using container = await openContainer(lab.file(file));
      const member = container.disks[0]?.member;
      if (!member?.manifest) throw new Error('no manifest');
      const check = new ManifestCheck(member.name, member.manifest);
      check.update(await readBytes(member.source, 0, member.source.sizeBytes));
      check.finish();
    };
    await expect(verdict('good.ova')).resolves.toBeUndefined();
    await expect(verdict('bad.ova')).rejects.toMatchObject({ code: 'container.manifest-mismatch' });
  });

  test('refuses a description that is not the one its manifest was made for', async () => {
    using lab = scratch();
    await exportTo(lab);
    writeFileSync(lab.file('erp.ovf'), readFileSync(lab.file('erp.ovf'), 'utf8').replace('>4 virtual', '>5 virtual'));
    await expect(openContainer(lab.file('erp.ovf'))).rejects.toMatchObject({ code: 'container.manifest-mismatch' });
  });

  test('names the file that the description or the manifest misses', async () => {
    using lab = scratch();
    const { files } = await exportTo(lab);
    const without = (name: string): string => {
      writeFileSync(lab.file('part.ova'), tarOf(files.filter(([file]) => file !== name)));
      return lab.file('part.ova');
    };
    await expect(openContainer(without('erp-2.vmdk'))).rejects.toMatchObject({
      code: 'container.member-missing',
      message: expect.stringContaining('erp-2.vmdk') as string,
    });
    await expect(openContainer(without('erp-3.iso'))).rejects.toMatchObject({
      code: 'container.member-missing',
      message: expect.stringContaining('erp-3.iso') as string,
    });
    await expect(openContainer(without('erp.ovf'))).rejects.toMatchObject({ code: 'container.damaged' });
    expect((await vmOf(without('erp.mf'))).warnings).toContain(
      'There is no manifest, so nothing shows whether the files are as they were exported.',
    );
  });

  test('warns of disks that the manifest leaves out, of sizes that differ, and of signatures that go unchecked', async () => {
    using lab = scratch();
    const { files } = await exportTo(lab);
    const changed = files.map(([name, bytes]): [string, Buffer] => {
      if (name === 'erp.mf')
        return [
          name,
          Buffer.from(
            bytes
              .toString()
              .split('\n')
              .filter((line) => line.includes('erp-1'))
              .join('\n'),
          ),
        ];
      return name === 'erp.ovf'
        ? [
            name,
            Buffer.from(
              bytes
                .toString()
                .replace(/ovf:size="[0-9]+"/, 'ovf:size="77"')
                .replace('ovf:capacity="8"', 'ovf:capacity="9"'),
            ),
          ]
        : [name, bytes];
    });
    writeFileSync(lab.file('odd.ova'), tarOf([...changed, ['erp.cert', Buffer.from('SIGNED')]]));

    await using container = await openContainer(lab.file('odd.ova'));
    expect(container.vm.warnings.slice(2)).toEqual([
      'The manifest does not cover the description itself.',
      'The package is signed; Guts checks its digests, but not the signature.',
      expect.stringMatching(/^“erp-1.vmdk” has [0-9]+ bytes, but the description gives it 77\.$/) as string,
      'The manifest does not cover the disk file “erp-2.vmdk”.',
    ]);
    await using image = await container.disks[0]?.openImage();
    expect(image?.facts.warnings).toEqual([
      'The description gives the disk “vmdisk1” 9437184 bytes, but the image has 8388608; the image decides.',
    ]);
  });

  test('finds a file whose name the description spells as a URL', async () => {
    using lab = scratch();
    const { files } = await exportTo(lab);
    const renamed = files
      .filter(([name]) => name !== 'erp.mf')
      .map(([name, bytes]): [string, Buffer] => {
        if (name === 'erp.ovf')
          return [name, Buffer.from(bytes.toString().replace('erp-1.vmdk', 'my%20disk%231.vmdk'))];
        return [name === 'erp-1.vmdk' ? 'my disk#1.vmdk' : name, bytes];
      });
    writeFileSync(lab.file('url.ova'), tarOf(renamed));
    await using container = await openContainer(lab.file('url.ova'));
    expect(container.disks[0]?.member?.name).toBe('my disk#1.vmdk');
  });

  test('reads disks of several files inside the archive, and never one outside', async () => {
    using lab = scratch();
    const { files } = await exportTo(lab);
    qemuImg('convert', '-O', 'vmdk', '-o', 'subformat=monolithicFlat', lab.file('1.raw'), lab.file('flat.vmdk'));
    const parts: [string, Buffer][] = files.filter(([name]) => name === 'erp.ovf' || name === 'erp-2.vmdk');
    parts.push(['erp-1.vmdk', readFileSync(lab.file('flat.vmdk'))]);
    writeFileSync(lab.file('in.ova'), tarOf([...parts, ['flat-flat.vmdk', readFileSync(lab.file('flat-flat.vmdk'))]]));
    writeFileSync(lab.file('out.ova'), tarOf(parts));

    await using inside = await openContainer(lab.file('in.ova'));
    await using image = await inside.disks[0]?.openImage();
    if (image === undefined) throw new Error('no disk');
    expect(await contentHash(image)).toBe(await fileHash(lab.file('1.raw')));

    await using outside = await openContainer(lab.file('out.ova')); // flat-flat.vmdk lies beside it
    await expect(outside.disks[0]?.openImage()).rejects.toMatchObject({ code: 'disk.file-missing' });
  });

  test('follows no link out of the folder of an OVF', async () => {
    using lab = scratch();
    await exportTo(lab);
    mkdirSync(lab.file('pack'));
    for (const name of ['erp.ovf', 'erp-2.vmdk']) writeFileSync(lab.file(`pack/${name}`), readFileSync(lab.file(name)));
    symlinkSync(lab.file('erp-1.vmdk'), lab.file('pack/erp-1.vmdk'));
    await expect(openContainer(lab.file('pack/erp.ovf'))).rejects.toMatchObject({ code: 'disk.file-missing' });
    await using container = await openContainer(lab.file('pack/erp.ovf'), { allowFrom: [lab.dir] });
    expect(container.disks).toHaveLength(3);
  });
});

describe('opening a description without a package', () => {
  test('finds the disks of a VMX beside it, whatever datastore path it spells', async () => {
    using lab = scratch();
    await makeRaw(lab.file('a.raw'), 2 * MiB, [{ offset: 0, length: 100_000 }]);
    qemuImg('convert', '-O', 'vmdk', lab.file('a.raw'), lab.file('a.vmdk'));
    writeFileSync(
      lab.file('a.vmx'),
      'config.version = "8"\nmemSize = "64"\nscsi0:0.present = "TRUE"\nscsi0:0.fileName = "/vmfs/volumes/ds/a/a.vmdk"\n',
    );

    await using container = await openContainer(lab.file('a.vmx'));
    expect(container).toMatchObject({ kind: 'vmx', manifest: null, otherFiles: [] });
    await using image = await container.disks[0]?.openImage();
    if (image === undefined) throw new Error('no disk');
    expect(await contentHash(image)).toBe(await fileHash(lab.file('a.raw')));
  });

  test('takes a libvirt disk for the format that the domain declares, whatever its guest wrote', async () => {
    using lab = scratch();
    qemuImg('create', '-f', 'qcow2', lab.file('disk.img'), '64M');
    writeFileSync(
      lab.file('d.xml'),
      `<?xml version='1.0'?><!-- saved --><domain type='kvm'><name>d</name><memory>1024</memory><devices><disk type='file'><driver type='raw'/><source file='${lab.file('disk.img')}'/><target dev='vda'/></disk></devices></domain>`,
    );

    await using container = await openContainer(lab.file('d.xml'));
    await using image = await container.disks[0]?.openImage();
    expect(image?.facts.format).toBe('raw');
    expect(image?.facts.virtualSizeBytes).toBeLessThan(MiB); // the file's size, not the 64 MiB that a look inside would give
  });
});

describe('telling a container from a disk image', () => {
  test('goes by content', async () => {
    using lab = scratch();
    writeFileSync(lab.file('ova'), tarOf([['a', Buffer.from('a')]]));
    writeFileSync(lab.file('ovf'), await fixture('virtualbox.ovf'));
    writeFileSync(lab.file('vmx'), await fixture('esxi.vmx'));
    writeFileSync(lab.file('libvirt'), await fixture('kvm.xml'));
    for (const kind of ['ova', 'ovf', 'vmx', 'libvirt']) expect(await detectContainer(lab.file(kind))).toBe(kind);

    await makeRaw(lab.file('raw'), MiB, [{ offset: 0, length: MiB }]);
    qemuImg('create', '-f', 'vmdk', '-o', 'subformat=monolithicFlat', lab.file('flat.vmdk'), '1M');
    writeFileSync(lab.file('empty'), '');
    writeFileSync(lab.file('html'), '<!DOCTYPE html><html></html>');
    for (const other of ['raw', 'flat.vmdk', 'empty', 'html']) {
      expect(await detectContainer(lab.file(other))).toBeNull();
      await expect(openContainer(lab.file(other))).rejects.toMatchObject({ code: 'container.unsupported' });
    }
    writeFileSync(lab.file('packed'), gzipSync('anything'));
    const packed = { code: 'container.unsupported', message: expect.stringContaining('gzip') as string };
    await expect(detectContainer(lab.file('packed'))).rejects.toMatchObject(packed);
    writeFileSync(lab.file('typed'), '<!DOCTYPE Envelope [<!ENTITY a "b">]><Envelope/>');
    expect(await detectContainer(lab.file('typed'))).toBe('ovf');
    writeFileSync(lab.file('vm.ovf'), 'x');
    run('tar', '--format=v7', '-C', lab.dir, '-cf', lab.file('old.ova'), 'vm.ovf');
    expect(await detectContainer(lab.file('old.ova'))).toBe('ova');
    await expect(openContainer(lab.file('nothing'))).rejects.toMatchObject({ code: 'disk.file-missing' });
  });
});

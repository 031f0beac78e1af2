/** A manifest tells whether the files are those that were exported. */
import { describe, expect, test } from 'vitest';
import { ManifestCheck, parseManifest, verifySource, writeManifest } from '../../worker/containers/manifest.ts';
import { pattern } from '../support/disks.ts';
import { sha256, sourceOf } from './packing.ts';

const parse = (text: string): Record<string, unknown> => Object.fromEntries(parseManifest(Buffer.from(text), 'vm.mf'));
const [A1, A2, A5] = ['a'.repeat(40), 'b'.repeat(64), 'c'.repeat(128)];

describe('reading a manifest', () => {
  test('takes every algorithm in every spelling that exporters use', () => {
    const text = `SHA1(vm.ovf)= ${A1}\r\nSHA256 (disk (1).vmdk) = ${A2.toUpperCase()}\r\n\r\nSHA512(./b=c.vmdk)=${A5}\nsha256(x)= ${A2}`;
    expect(parse(text)).toEqual({
      'vm.ovf': { algorithm: 'sha1', hex: A1 },
      'disk (1).vmdk': { algorithm: 'sha256', hex: A2 },
      'b=c.vmdk': { algorithm: 'sha512', hex: A5 },
      x: { algorithm: 'sha256', hex: A2 },
    });
  });

  test.each([
    ['a line that is no digest', 'hello', 'container.damaged'],
    ['an algorithm that is not known', `MD5(a)= ${'a'.repeat(32)}`, 'container.damaged'],
    ['a digest that is too short', `SHA256(a)= ${A1}`, 'container.damaged'],
    ['two digests for one file', `SHA1(a)= ${A1}\nSHA1(a)= ${'d'.repeat(40)}`, 'container.damaged'],
    ['a name that leads elsewhere', `SHA1(../a)= ${A1}`, 'container.unsafe-name'],
    ['nothing at all', '\n\n', 'container.damaged'],
    ['a line without end', `SHA1(${') = '.repeat(500_000)}`, 'container.damaged'],
    ['more bytes than any manifest', 'x'.repeat(5 * 1024 * 1024), 'container.limit'],
  ])('refuses %s', (_what, text, code) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code }));
  });

  test('reads back what it wrote', () => {
    const entries = new Map([
      ['a b.vmdk', { algorithm: 'sha512', hex: A5 } as const],
      ['vm.ovf', { algorithm: 'sha1', hex: A1 } as const],
    ]);
    expect(parseManifest(Buffer.from(writeManifest(entries)), 'vm.mf')).toEqual(entries);
  });
});

describe('holding bytes against a manifest', () => {
  const bytes = pattern(7, 3_000_000);
  const entry = { algorithm: 'sha256', hex: sha256(bytes) } as const;

  test('is content with the bytes that were meant, in pieces of any size', async () => {
    const check = new ManifestCheck('disk.vmdk', entry);
    for (let at = 0; at < bytes.length; at += 70_001) check.update(bytes.subarray(at, at + 70_001));
    expect(() => check.finish()).not.toThrow();
    await verifySource(sourceOf(bytes), 'disk.vmdk', entry);
  });

  test('finds a single wrong bit and a missing end', async () => {
    const wrong = Buffer.from(bytes);
    wrong[2_345_678] = (wrong[2_345_678] ?? 0) ^ 1;
    const mismatch = { code: 'container.manifest-mismatch', message: expect.stringContaining('disk.vmdk') as string };
    await expect(verifySource(sourceOf(wrong), 'disk.vmdk', entry)).rejects.toMatchObject(mismatch);
    await expect(verifySource(sourceOf(bytes.subarray(0, -1)), 'disk.vmdk', entry)).rejects.toMatchObject(mismatch);
  });
});

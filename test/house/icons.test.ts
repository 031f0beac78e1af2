/** The icons of the desktop program: every size that a system asks for is there, and is what it says. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import { trayStates } from '../../scripts/tray-icons.mjs';

const assets = path.resolve(import.meta.dirname, '../../assets');
const bytesOf = (name: string): Buffer => readFileSync(path.join(assets, name));

/** Width and height as a PNG says them itself. */
function sizeOf(png: Buffer): string {
  expect(png.subarray(0, 8).toString('hex')).toBe('89504e470d0a1a0a');
  return `${png.readUInt32BE(16)}x${png.readUInt32BE(20)}`;
}

describe('icons', () => {
  test('for Linux have the size of their name', () => {
    const files = readdirSync(path.join(assets, 'icons'));

    for (const file of files) expect(sizeOf(bytesOf(`icons/${file}`))).toBe(path.parse(file).name);
    expect(files).toEqual(
      expect.arrayContaining(['16x16.png', '32x32.png', '48x48.png', '256x256.png', '512x512.png']),
    );
  });

  test('for Windows are one file with every size up to 256', () => {
    const ico = bytesOf('icon.ico');
    const sizes = Array.from({ length: ico.readUInt16LE(4) }, (_, index) => {
      const entry = 6 + 16 * index;
      const at = ico.readUInt32LE(entry + 12);
      const size = sizeOf(ico.subarray(at, at + ico.readUInt32LE(entry + 8)));
      expect(size.startsWith(`${ico.readUInt8(entry) || 256}x`)).toBe(true);
      return size;
    });

    expect(ico.readUInt32LE(0)).toBe(0x10000);
    expect(sizes).toEqual([16, 24, 32, 48, 64, 128, 256].map((size) => `${size}x${size}`));
  });

  test('for macOS are one file with every kind up to 1024', () => {
    const icns = bytesOf('icon.icns');
    const found: Record<string, string> = {};
    for (let at = 8; at < icns.length; at += icns.readUInt32BE(at + 4))
      found[icns.toString('latin1', at, at + 4)] = sizeOf(icns.subarray(at + 8, at + icns.readUInt32BE(at + 4)));

    expect(icns.toString('latin1', 0, 4)).toBe('icns');
    expect(icns.readUInt32BE(4)).toBe(icns.length);
    expect(found).toMatchObject({
      icp4: '16x16',
      ic07: '128x128',
      ic08: '256x256',
      ic09: '512x512',
      ic10: '1024x1024',
    });
  });

  test('for the tray are there for every state, also as shapes for macOS', () => {
    for (const state of trayStates) {
      expect(sizeOf(bytesOf(`tray/${state}.png`))).toBe('16x16');
      expect(sizeOf(bytesOf(`tray/${state}@2x.png`))).toBe('32x32');
      expect(existsSync(path.join(assets, `tray/${state}Template@2x.png`))).toBe(true);
    }
  });
});

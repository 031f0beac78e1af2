/** The demo machine under plain emulation: it says it runs, it knows wrong content from right, and nothing is left running. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bootAndListen, type BootDisk } from '../../worker/demo/boot.ts';
import { demoMachine, RUNNING_LINE, VERIFIED_LINE, WRONG_LINE } from '../../worker/demo/machine.ts';
import { fileHash, MiB, qemuImg, scratch } from '../support/disks.ts';
import { isMissing, poke, writeRaw } from './lab.ts';

const noEmulator = isMissing('qemu-system-x86_64', '--version');
const expected = { expect: [RUNNING_LINE, VERIFIED_LINE], refuse: [WRONG_LINE], timeoutMs: 60_000 };

describe.skipIf(noEmulator)('booting the demo machine', () => {
  const temp = scratch();
  const files = [temp.file('disk1.raw'), temp.file('disk2, with a comma.raw')] as const;
  const disks: readonly BootDisk[] = files.map((path) => ({ path, format: 'raw' }));

  beforeAll(async () => {
    for (const [index, disk] of demoMachine(1).disks.entries()) await writeRaw(disk, files[index] ?? '');
  });
  afterAll(() => temp[Symbol.dispose]());

  test('says that it runs and that both disks are right, and leaves the images as they were', async () => {
    const before = await Promise.all(files.map(fileHash));
    const result = await bootAndListen(disks, expected);

    expect(result).toMatchObject({ tried: true, proved: true, lines: [RUNNING_LINE, VERIFIED_LINE] });
    expect(await Promise.all(files.map(fileHash))).toEqual(before);
  });

  test('runs from qcow2 just as well', async () => {
    const copies = files.map((file, index) => ({ path: temp.file(`${index}.qcow2`), format: 'qcow2' as const, file }));
    for (const { file, path } of copies) qemuImg('convert', '-O', 'qcow2', file, path);

    expect(await bootAndListen(copies, expected)).toMatchObject({ tried: true, proved: true });
  });

  test('says WRONG when the last byte of the second disk differs', async () => {
    await poke(files[1], 128 * MiB - 1, Buffer.from([0x5a]));
    const wrong = await bootAndListen(disks, expected);
    await poke(files[1], 128 * MiB - 1, Buffer.from('\n'));
    const right = await bootAndListen(disks, expected);

    expect(wrong).toMatchObject({
      proved: false,
      lines: [RUNNING_LINE, WRONG_LINE],
      ended: 'The machine said that something is wrong.',
    });
    expect(right).toMatchObject({ proved: true });
  });

  test('says WRONG when something was written into a hole, or the second disk is missing', async () => {
    const hole = 256 * MiB - 512;
    await poke(files[0], hole, Buffer.from([1]));
    const filled = await bootAndListen(disks, expected);
    await poke(files[0], hole, Buffer.from([0]));
    const alone = await bootAndListen(disks.slice(0, 1), expected);

    expect(filled).toMatchObject({ proved: false, lines: [RUNNING_LINE, WRONG_LINE] });
    expect(alone).toMatchObject({ proved: false, lines: [RUNNING_LINE, WRONG_LINE] });
  });

  test('comes to an end with a disk that nobody can boot', async () => {
    const result = await bootAndListen(disks.slice(1), expected);

    expect(result).toMatchObject({ tried: true, proved: false, lines: [] });
  });

  test('gives up at the deadline and says how long it waited', async () => {
    const result = await bootAndListen(disks, { ...expected, expect: ['never said'], timeoutMs: 200 });

    expect(result).toMatchObject({
      proved: false,
      ended: 'The machine did not say all that was expected within 0.2 s.',
    });
  });

  test('hands the reason for a cancel to whoever waits', async () => {
    const cancel = new AbortController();
    const result = bootAndListen(disks, { ...expected, signal: cancel.signal });
    cancel.abort('operator cancelled');

    await expect(result).rejects.toBe('operator cancelled');
  });

  test('shows the same lines on the screen', async () => {
    const monitor = temp.file('monitor');
    const drives = files
      .map((file) => ['-drive', `if=virtio,format=raw,snapshot=on,file=${file.replaceAll(',', ',,')}`])
      .flat();
    const machine = spawn(
      'qemu-system-x86_64',
      ['-accel', 'tcg', '-m', '256', '-display', 'none', '-vga', 'std', '-nic', 'none', ...drives].concat([
        '-serial',
        'stdio',
        '-monitor',
        `unix:${monitor},server,nowait`,
      ]),
      { stdio: ['ignore', 'pipe', 'inherit'], timeout: 60_000 },
    );
    let serial = '';
    for await (const piece of machine.stdout) {
      serial += String(piece);
      if (serial.includes(VERIFIED_LINE)) break;
    }
    const socket = connect(monitor);
    socket.resume().write(`pmemsave 0xb8000 4000 "${temp.file('screen')}"\nquit\n`);
    if (machine.exitCode === null) await once(machine, 'exit');
    // Text mode: 25 rows of 80 characters, each followed by its colour.
    const characters = readFileSync(temp.file('screen')).filter((_, index) => index % 2 === 0);
    const rows = (Buffer.from(characters).toString('latin1').match(/.{80}/gs) ?? []).map((row) => row.trim());

    expect(rows).toContain(RUNNING_LINE);
    expect(rows).toContain(VERIFIED_LINE);
  });
});

describe('without an emulator', () => {
  test('says why nothing was tried', async () => {
    const result = await bootAndListen([{ path: 'disk.raw', format: 'raw' }], {
      ...expected,
      command: 'no-such-emulator',
    });

    expect(result).toEqual({ tried: false, reason: 'no-such-emulator is not installed.' });
  });
});

/** Starts disks under plain emulation and listens to the serial port, to see a moved machine run with one's own eyes. */
import { execFile, spawn } from 'node:child_process';
import type { DiskFormat } from '../../main/shared/disk.ts';
import { EXIT_PORT } from './boot-sector.ts';

export interface BootDisk {
  readonly path: string;
  /** As QEMU calls it too. */
  readonly format: DiskFormat;
}

export interface BootOptions {
  /** Whole lines. The machine is ended when all of them have come, in any order. */
  readonly expect: readonly string[];
  /** Lines that end it at once as failed. */
  readonly refuse?: readonly string[];
  readonly timeoutMs: number;
  readonly memoryMiB?: number;
  readonly signal?: AbortSignal;
  /** Another emulator than the one on the PATH. */
  readonly command?: string;
}

export type BootResult =
  | {
      readonly tried: true;
      /** All expected lines came, and none that was refused. */
      readonly proved: boolean;
      /** What came over the serial port, line by line, at most 200. */
      readonly lines: readonly string[];
      /** One sentence: why the machine was ended, or how it ended. */
      readonly ended: string;
      readonly seconds: number;
    }
  | { readonly tried: false; readonly reason: string };

const MOST_LINES = 200;
const MOST_CHARACTERS = 64 * 1024;

const EMULATOR = 'qemu-system-x86_64';

/** Why no disk can be started here; null where it can. */
export async function whyNoEmulator(command = EMULATOR): Promise<string | null> {
  return await new Promise((resolve) => {
    execFile(command, ['--version'], (error) => {
      if (error === null) resolve(null);
      else resolve(error.code === 'ENOENT' ? `${command} is not installed.` : `${command} cannot be started.`);
    });
  });
}

/**
 * Boots the first disk with the others beside it: one CPU, no network, no screen, nothing written to the images.
 * The emulator has ended when this returns or throws.
 * @throws the reason of `signal` when that aborts.
 */
export async function bootAndListen(disks: readonly BootDisk[], options: BootOptions): Promise<BootResult> {
  const { expect, refuse = [], timeoutMs, memoryMiB = 256, signal, command = EMULATOR } = options;
  signal?.throwIfAborted();
  const started = performance.now();
  const machine = spawn(command, emulatorArguments(disks, memoryMiB), { stdio: ['ignore', 'pipe', 'pipe'] });
  const exit = new Promise<string | NodeJS.ErrnoException>((resolve) => {
    machine.once('error', resolve);
    machine.once('close', (code, signalName) => resolve(code === null ? `signal ${signalName}` : `exit code ${code}`));
  });

  let serial = '';
  let complaint = '';
  let ended: string | undefined;
  const end = (why: string): void => {
    ended ??= why;
    machine.kill('SIGKILL');
  };
  machine.stdout.setEncoding('latin1').on('data', (piece: string) => {
    if (ended !== undefined) return;
    serial += piece;
    const lines = linesOf(serial, false);
    if (lines.some((line) => refuse.includes(line))) end('The machine said that something is wrong.');
    else if (expect.every((line) => lines.includes(line))) end('The machine said all that was expected.');
    else if (serial.length > MOST_CHARACTERS) end('The machine said too much.');
  });
  machine.stderr.setEncoding('utf8').on('data', (piece: string) => {
    complaint = (complaint + piece).slice(0, 2000);
  });
  const deadline = setTimeout(
    () => end(`The machine did not say all that was expected within ${timeoutMs / 1000} s.`),
    timeoutMs,
  );
  const cancel = (): void => end('Cancelled.');
  signal?.addEventListener('abort', cancel, { once: true });

  try {
    const how = await exit;
    signal?.throwIfAborted();
    if (typeof how !== 'string') {
      const missing = how.code === 'ENOENT';
      return {
        tried: false,
        reason: missing ? `${command} is not installed.` : `${command} cannot be started: ${how.message}.`,
      };
    }
    const lines = linesOf(serial, true);
    const proved = expect.every((line) => lines.includes(line)) && !lines.some((line) => refuse.includes(line));
    ended ??= `The emulator ended by itself (${how})${complaint === '' ? '' : `: ${complaint.trim()}`}.`;
    return {
      tried: true,
      proved,
      lines: lines.slice(0, MOST_LINES),
      ended,
      seconds: (performance.now() - started) / 1000,
    };
  } finally {
    clearTimeout(deadline);
    signal?.removeEventListener('abort', cancel);
  }
}

function emulatorArguments(disks: readonly BootDisk[], memoryMiB: number): string[] {
  const drives = disks.flatMap(({ path, format }, index) => [
    '-drive',
    `if=none,id=disk${index},format=${format},snapshot=on,file=${path.replaceAll(',', ',,')}`,
    '-device',
    `virtio-blk-pci,drive=disk${index},bootindex=${index + 1}`,
  ]);
  return [
    '-accel tcg -nodefaults -no-user-config -display none -nic none -serial stdio'.split(' '),
    ['-m', String(memoryMiB)],
    // A disk that cannot be booted, and a guest that is done, both end the emulator: none stays behind if Guts is killed.
    ['-no-reboot', '-boot', 'reboot-timeout=1000', '-device', `isa-debug-exit,iobase=${EXIT_PORT},iosize=1`],
    drives,
  ].flat();
}

/** The lines so far; the last one counts only when it has ended or the port is closed. */
function linesOf(serial: string, closed: boolean): string[] {
  const lines = serial.split('\n').map((line) => line.replaceAll(/[^\x20-\x7e]/g, '').trim());
  if (!closed) lines.pop();
  return lines.filter((line) => line !== '');
}

/** Runs a command as a whole process and says what it cost: time, processor time and peak memory, as the system counts them. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';

export interface Cost {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly peakMiB: number;
  /** What it printed. */
  readonly stdout: string;
}

/** Without what this shell adds to every Node: reading one's own certificates takes it 40 ms (measured). */
const { NODE_EXTRA_CA_CERTS: _certificates, NODE_OPTIONS: _options, ...ordinary } = process.env;

/** @throws when the command fails, with what it printed. */
export function measure(command: readonly string[], env: Readonly<Record<string, string>>): Cost {
  const dir = mkdtempSync(path.join(tmpdir(), 'guts-bench-'));
  try {
    const report = path.join(dir, 'cost');
    const began = process.hrtime.bigint();
    const done = spawnSync('/usr/bin/time', ['-f', '%U %S %M', '-o', report, ...command], {
      env: { ...ordinary, ...env },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 64 * 2 ** 20,
    });
    const wallSeconds = Number(process.hrtime.bigint() - began) / 1e9;
    if (done.error !== undefined) throw done.error;
    if (done.status !== 0) throw new Error(`${command.join(' ')} failed:\n${done.stderr}`);
    const [user = 0, system = 0, peakKiB = 0] = readFileSync(report, 'utf8').trim().split(' ').map(Number);
    return { wallSeconds, cpuSeconds: user + system, peakMiB: peakKiB / 1024, stdout: done.stdout };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

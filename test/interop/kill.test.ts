/**
 * `kill -9` at random moments, spread over the time that the work takes, and then the same command again: the right
 * result, and nothing left behind. `GUTS_KILL_SEED` repeats the moments of a run, as far as a machine's pace allows.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConvertResult } from '../../main/shared/jobs.ts';
import { Random } from '../fuzz/random.ts';
import { fileHash, MiB, qemuImg, scratch } from '../support/disks.ts';
import { guts, startGuts, type Outcome } from '../support/guts.ts';
import { packedOva } from '../support/ova.ts';

const KILLS = 10;
const seed = Number(process.env['GUTS_KILL_SEED'] ?? Date.now() % 2 ** 31);

const lab = scratch();
const [out, state] = [lab.file('out'), lab.file('state')];
beforeAll(() => console.log(`kill: seed ${seed}`));
afterAll(() => lab[Symbol.dispose]());

const filesIn = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder).toSorted() : []);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** What must be the same whenever the command has done its work: each file's name and content. */
async function hashesIn(folder: string, names: readonly string[]): Promise<string[]> {
  return await Promise.all(names.map(async (name) => `${name} ${await fileHash(path.join(folder, name))}`));
}

/** Runs the command to its end and says how many milliseconds that took. */
async function timed(args: readonly string[]): Promise<number> {
  const beganMs = performance.now();
  const done = await guts(state, ...args);
  expect(done, done.stderr).toMatchObject({ code: 0 });
  return performance.now() - beganMs;
}

/** Kills the command at `KILLS` moments, one in each part of the time that it takes; answers for each once it is dead. */
async function* killed(
  args: readonly string[],
  takesMs: number,
): AsyncGenerator<Outcome & { readonly afterMs: number }> {
  for (let kill = 0; kill < KILLS; kill++) {
    const part = (kill + new Random(seed, kill).next() / 2 ** 32) / KILLS;
    const afterMs = Math.round(part * takesMs);
    const { child, outcome } = startGuts(state, ...args);
    await Promise.race([pause(afterMs), outcome]);
    child.kill('SIGKILL');
    yield { ...(await outcome), afterMs };
  }
}

const resultOf = ({ stdout }: Pick<Outcome, 'stdout'>): ConvertResult => ConvertResult.parse(JSON.parse(stdout));

describe('a conversion of an OVA that is killed', () => {
  const ova = lab.file('vm.ova');
  beforeAll(async () => {
    await packedOva(
      ova,
      [
        { sizeBytes: 300 * MiB, writes: [{ offset: MiB, length: 60 * MiB }] },
        { sizeBytes: 200 * MiB, writes: [{ offset: 64 * MiB + 512, length: 60 * MiB }] },
      ],
      { keepRaw: true },
    );
  });

  test.each([[[]], [['--compress']]])('at any moment is done right by the next run (%s)', async (flags) => {
    mkdirSync(out, { recursive: true });
    const args = ['convert', ova, path.join(out, 'vm.qcow2'), '--json', ...flags];
    const names = ['vm-disk1.qcow2', 'vm-disk2.qcow2'];
    let wanted: string[] | null = null;
    /** Equal to the disk that was packed, and sound; byte for byte what it was before, unless lanes chose where clusters lie. */
    const mustBeRight = async (found: readonly string[]): Promise<void> => {
      for (const name of found) {
        qemuImg('compare', `${ova}.disk${names.indexOf(name) + 1}.raw`, path.join(out, name));
        qemuImg('check', path.join(out, name));
      }
      if (wanted !== null) expect(wanted).toEqual(expect.arrayContaining(await hashesIn(out, found)));
    };
    await timed(args);
    await mustBeRight(names);
    if (flags.length > 0) wanted = await hashesIn(out, names);
    for (const name of names) rmSync(path.join(out, name));
    const takesMs = await timed(args); // the first one had to bring the files in
    for (const name of names) rmSync(path.join(out, name));
    const seen: string[] = [];

    for await (const { afterMs, stdout, stderr } of killed(args, takesMs)) {
      const named = filesIn(out).filter((name) => !name.startsWith('.'));
      await mustBeRight(named); // what has its name is whole
      let how = stdout === '' ? '' : 'had told its result';
      if (stdout !== '') expect(resultOf({ stdout }).disks.map((disk) => path.basename(disk.output))).toEqual(names);
      // Its journal goes once the result is told, so it may have died between the two.
      if (stdout === '' || filesIn(path.join(state, 'jobs')).length > 0) {
        const again = await guts(state, ...args);
        expect(again, `after ${afterMs} ms: ${stderr}${again.stderr}`).toMatchObject({ code: 0 });
        how += ` ${resultOf(again).disks.filter((disk) => disk.adopted).length} taken over`;
      }
      expect(filesIn(out), `after ${afterMs} ms`).toEqual(names);
      await mustBeRight(names);
      expect(filesIn(path.join(state, 'jobs'))).toEqual([]);
      seen.push(`${afterMs} ms: ${how.trim()}`);
      for (const name of names) rmSync(path.join(out, name));
    }
    console.log(`kill: convert ${flags.join(' ')} (${Math.round(takesMs)} ms): ${seen.join('; ')}`);
  });
});

/** Processes that have `word` in their command line. */
function processesWith(word: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(word);
    } catch {
      return false; // it has just ended
    }
  });
}

test('a demo that is killed at any moment is done right by the next run', async () => {
  const args = ['demo', '--keep', out, '--json'];
  rmSync(out, { recursive: true, force: true });
  const takesMs = await timed(args);
  const names = filesIn(out);
  const images = names.filter((name) => name.endsWith('.qcow2'));
  const wanted = await hashesIn(out, images);
  expect(images).toHaveLength(2);
  const seen: string[] = [];

  for await (const { code, afterMs, stderr } of killed(args, takesMs)) {
    if (code !== 0) {
      const again = await guts(state, ...args);
      expect(again, `after ${afterMs} ms: ${stderr}${again.stderr}`).toMatchObject({ code: 0 });
      expect(JSON.parse(again.stdout)).toMatchObject({ proved: true });
    }
    expect(filesIn(out), `after ${afterMs} ms`).toEqual(names);
    expect(await hashesIn(out, images), `after ${afterMs} ms`).toEqual(wanted);
    expect([...filesIn(path.join(state, 'jobs')), ...filesIn(path.join(state, 'demos'))]).toEqual([]);
    expect(filesIn(path.join(state, 'migrations'))).toEqual([expect.stringMatching(/^mig_[0-9a-f]{12}[.]jsonl$/)]);
    seen.push(code === 0 ? `${afterMs} ms: had ended` : `${afterMs} ms`);
  }
  // An emulator whose guest is not done yet ends with it.
  for (let wait = 0; wait < 120 && processesWith(state).length > 0; wait++) await pause(500);
  expect(processesWith(state)).toEqual([]);
  expect(filesIn(lab.dir).filter((name) => !name.startsWith('vm.ova'))).toEqual(['out', 'state']);
  console.log(`kill: demo (${Math.round(takesMs)} ms): ${seen.join('; ')}`);
});

/** What is left of a conversion that was killed, and what the next run makes of it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ConvertResult } from '../../main/shared/jobs.ts';
import { packedOva } from '../support/ova.ts';
import { guts, startGuts, type Started } from '../support/guts.ts';
import { makeRaw, MiB, qemuImg, scratch } from '../support/disks.ts';

/** Waits until `seen` answers yes or the process ends by itself. */
async function until({ child }: Started, seen: () => boolean): Promise<void> {
  while (child.exitCode === null && !seen()) await new Promise((resolve) => setTimeout(resolve, 1));
}

const journals = (state: string): string => {
  const folder = `${state}/jobs`;
  return existsSync(folder)
    ? readdirSync(folder)
        .map((name) => textIn(`${folder}/${name}`))
        .join('')
    : '';
};

/** Nothing where it has another name by now, or is gone. */
function textIn(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

describe('a conversion that was killed', () => {
  // Each moment is something that the journal or the folder shows, not a time.
  test.each([
    ['before it wrote its journal', () => true],
    ['when the part file is announced', (state: string) => journals(state).includes('"making"')],
    ['when bytes arrive', (_: string, dir: string) => readdirSync(dir).some((name) => name.endsWith('.part'))],
    ['when the disk is proved', (state: string) => journals(state).includes('"proved"')],
    ['when it gets its name', (state: string) => journals(state).includes('"publishing"')],
  ] as const)('%s is done right by the next run', async (_, moment) => {
    using tmp = scratch();
    await makeRaw(tmp.file('disk.raw'), 48 * MiB, [{ offset: MiB, length: 40 * MiB }]);
    const args = ['convert', tmp.file('disk.raw'), tmp.file('out.qcow2'), '--json'];

    const first = startGuts(tmp.file('state'), ...args);
    await until(first, () => moment(tmp.file('state'), tmp.dir));
    first.child.kill('SIGKILL');
    const { code } = await first.outcome;
    const again = code === 0 ? await first.outcome : await guts(tmp.file('state'), ...args);

    expect(again, again.stderr).toMatchObject({ code: 0 });
    qemuImg('compare', tmp.file('disk.raw'), tmp.file('out.qcow2'));
    expect(readdirSync(tmp.dir).toSorted()).toEqual(['disk.raw', 'out.qcow2', 'state']);
    expect(readdirSync(tmp.file('state/jobs'))).toEqual([]);
  });

  test('does not copy a disk again that it had proved', async () => {
    using tmp = scratch();
    await packedOva(tmp.file('vm.ova'), [
      { sizeBytes: 4 * MiB, writes: [{ offset: 0, length: MiB }] },
      { sizeBytes: 96 * MiB, writes: [{ offset: MiB, length: 60 * MiB }] },
    ]);
    const args = ['convert', tmp.file('vm.ova'), tmp.file('out.qcow2'), '--json'];

    const first = startGuts(tmp.file('state'), ...args);
    await until(first, () => journals(tmp.file('state')).includes('"proved"'));
    first.child.kill('SIGKILL');
    expect(await first.outcome).toMatchObject({ signal: 'SIGKILL' });
    expect(readdirSync(tmp.dir)).not.toContain('out-disk1.qcow2');
    const again = await guts(tmp.file('state'), ...args);

    const { disks } = ConvertResult.parse(JSON.parse(again.stdout));
    expect(disks.map((disk) => disk.adopted)).toEqual([true, false]);
    expect(readdirSync(tmp.dir).toSorted()).toEqual(['out-disk1.qcow2', 'out-disk2.qcow2', 'state', 'vm.ova']);
  });

  test('is tidied up by a conversion of something else', async () => {
    using tmp = scratch();
    await makeRaw(tmp.file('disk.raw'), 96 * MiB, [{ offset: MiB, length: 60 * MiB }]);
    await makeRaw(tmp.file('small.raw'), MiB, [{ offset: 0, length: 512 }]);

    const first = startGuts(tmp.file('state'), 'convert', tmp.file('disk.raw'), tmp.file('out.qcow2'), '--compress');
    await until(first, () => readdirSync(tmp.dir).some((name) => name.endsWith('.part')));
    first.child.kill('SIGKILL');
    await first.outcome;
    const other = await guts(tmp.file('state'), 'convert', tmp.file('small.raw'), tmp.file('small.qcow2'), '--json');

    expect(ConvertResult.parse(JSON.parse(other.stdout)).tidied).toHaveLength(1);
    expect(readdirSync(tmp.dir).toSorted()).toEqual(['disk.raw', 'small.qcow2', 'small.raw', 'state']);
  });

  test('is not confused with one that still runs', async () => {
    using tmp = scratch();
    await makeRaw(tmp.file('disk.raw'), 96 * MiB, [{ offset: MiB, length: 60 * MiB }]);
    const args = ['convert', tmp.file('disk.raw'), tmp.file('out.qcow2'), '--compress'];

    const first = startGuts(tmp.file('state'), ...args);
    await until(first, () => journals(tmp.file('state')).includes('"making"'));
    const second = await guts(tmp.file('state'), ...args);

    expect(second).toMatchObject({ code: 1 });
    expect(second.stderr).toMatch(/job\.running|destination\.exists/);
    expect(await first.outcome).toMatchObject({ code: 0 });
    qemuImg('compare', tmp.file('disk.raw'), tmp.file('out.qcow2'));
  });
});

test('Ctrl-C undoes a conversion before it ends', async () => {
  using tmp = scratch();
  await makeRaw(tmp.file('disk.raw'), 96 * MiB, [{ offset: MiB, length: 60 * MiB }]);

  const run = startGuts(tmp.file('state'), 'convert', tmp.file('disk.raw'), tmp.file('out.qcow2'), '--compress');
  await until(run, () => readdirSync(tmp.dir).some((name) => name.endsWith('.part')));
  run.child.kill('SIGINT');
  const done = await run.outcome;

  expect(done).toMatchObject({ code: 1 });
  expect(done.stderr).toContain('job.cancelled');
  expect(readdirSync(tmp.dir).toSorted()).toEqual(['disk.raw', 'state']);
  expect(readdirSync(tmp.file('state/jobs'))).toEqual([]);
});

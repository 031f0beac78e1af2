/** Images that go strictly from front to back: into a named pipe, with a reader at the other end. */
import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { ConvertResult } from '../../main/shared/jobs.ts';
import { guts, type Outcome } from '../support/guts.ts';
import { packedOva } from '../support/ova.ts';
import { KiB, makeRaw, MiB, qemuImg, run, scratch } from '../support/disks.ts';

const writes = [
  { offset: 0, length: 512 },
  { offset: 3 * MiB + 512, length: 5 * MiB + 4096 },
  { offset: 600 * MiB - 512, length: 512 },
];

/** Converts into a pipe while `cat` stores what comes out of it. */
async function throughPipe(
  state: string,
  source: string,
  pipe: string,
  stored: string,
  ...options: string[]
): Promise<Outcome> {
  run('mkfifo', pipe);
  const reader = spawn('sh', ['-c', 'exec cat <"$0" >"$1"', pipe, stored]);
  const read = new Promise((resolve) => reader.once('close', resolve));
  const done = await guts(state, 'convert', source, pipe, ...options, '--json');
  await read;
  return done;
}

test.each([
  ['raw', 'raw', []],
  ['qcow2', 'raw', []],
  ['vmdk', 'raw', []],
  ['raw', 'vmdk', []],
  ['qcow2', 'vmdk', []],
  ['qcow2', 'vmdk', ['--compress']],
])('a %s made of a %s disk goes through a pipe whole (%s)', async (to, from, options) => {
  using tmp = scratch();
  await makeRaw(tmp.file('disk.raw'), 600 * MiB, writes);
  const subformat = from === 'vmdk' ? ['-o', 'subformat=streamOptimized'] : [];
  qemuImg('convert', '-O', from, ...subformat, tmp.file('disk.raw'), tmp.file('in'));

  const done = await throughPipe(
    tmp.file('state'),
    tmp.file('in'),
    tmp.file('pipe'),
    tmp.file('out'),
    '--to',
    to,
    ...options,
  );

  expect(done, done.stderr).toMatchObject({ code: 0 });
  const disk = ConvertResult.parse(JSON.parse(done.stdout)).disks[0];
  expect(disk?.sha512).toBe(run('sha512sum', tmp.file('out')).split(' ')[0]);
  expect(qemuImg('compare', '-f', to, '-F', 'raw', tmp.file('out'), tmp.file('disk.raw'))).toContain('identical');
  if (to === 'qcow2') expect(qemuImg('check', tmp.file('out'))).toContain('No errors');
});

test('compressed clusters whose sizes nobody knows yet are refused for a pipe', async () => {
  using tmp = scratch();
  await makeRaw(tmp.file('disk.raw'), MiB, [{ offset: 0, length: 64 * KiB }]);

  const done = await throughPipe(
    tmp.file('state'),
    tmp.file('disk.raw'),
    tmp.file('pipe'),
    tmp.file('out'),
    '--to',
    'qcow2',
    '--compress',
  );

  expect(done).toMatchObject({ code: 1 });
  expect(done.stderr).toMatch(/destination\.pipe[^]*--to vmdk/);
});

test('a machine with several disks is refused before anybody opens the pipe', async () => {
  using tmp = scratch();
  const disk = { sizeBytes: MiB, writes: [{ offset: 0, length: 512 }] };
  await packedOva(tmp.file('vm.ova'), [disk, disk]);
  run('mkfifo', tmp.file('pipe'));

  const done = await guts(tmp.file('state'), 'convert', tmp.file('vm.ova'), tmp.file('pipe'), '--to', 'qcow2');

  expect(done).toMatchObject({ code: 1 });
  expect(done.stderr).toMatch(/destination\.pipe: A pipe takes one disk, and there are 2/);
});

test('a reader that goes away ends the conversion with its reason', async () => {
  using tmp = scratch();
  await makeRaw(tmp.file('disk.raw'), 64 * MiB, [{ offset: 0, length: 32 * MiB }]);
  run('mkfifo', tmp.file('pipe'));
  const reader = spawn('sh', ['-c', 'head -c 100000 <"$0" >/dev/null', tmp.file('pipe')]);

  const done = await guts(tmp.file('state'), 'convert', tmp.file('disk.raw'), tmp.file('pipe'), '--to', 'raw');

  expect(done).toMatchObject({ code: 1 });
  expect(done.stderr).toContain('destination.write-failed');
  expect(reader.killed).toBe(false);
});

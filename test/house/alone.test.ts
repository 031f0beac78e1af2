/** The lock that lets two commands prepare one checkout at once without treading on each other. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { alone } from '../../scripts/alone.mjs';
import { scratch } from '../support/disks.ts';

const checkout = path.resolve(import.meta.dirname, '../..');
const name = `test-${process.pid}`;
const lock = path.join(checkout, '.cache', `${name}.lock`);
afterAll(() => rmSync(lock, { force: true }));

test('processes that want the same work do it one after the other', async () => {
  using folder = scratch();
  const notes = folder.file('notes');
  const work = `
    import { appendFileSync } from 'node:fs';
    import { setTimeout as pause } from 'node:timers/promises';
    import { alone } from ${JSON.stringify(path.join(checkout, 'scripts/alone.mjs'))};
    await alone(${JSON.stringify(name)}, async () => {
      appendFileSync(${JSON.stringify(notes)}, 'in ');
      await pause(20);
      appendFileSync(${JSON.stringify(notes)}, 'out ');
    });`;
  writeFileSync(folder.file('work.mjs'), work);

  const codes = await Promise.all(
    Array.from({ length: 3 }, async () => {
      const child = spawn(process.execPath, [folder.file('work.mjs')], { stdio: 'inherit' });
      return await new Promise((resolve) => child.on('exit', resolve));
    }),
  );

  expect(codes).toEqual([0, 0, 0]);
  expect(readFileSync(notes, 'utf8')).toBe('in out in out in out ');
  expect(existsSync(lock)).toBe(false);
});

test('a lock whose owner has died holds nobody up', async () => {
  const dead = spawn(process.execPath, ['-e', '']);
  await new Promise((resolve) => dead.on('exit', resolve));
  mkdirSync(path.dirname(lock), { recursive: true });
  writeFileSync(lock, String(dead.pid));

  expect(await alone(name, () => 'done')).toBe('done');
});

test('work that fails gives the lock back', async () => {
  const failing = alone(name, () => {
    throw new Error('no network');
  });

  await expect(failing).rejects.toThrow('no network');
  expect(existsSync(lock)).toBe(false);
});

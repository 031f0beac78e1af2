/** The window's engine, with small engines that live, die and fall silent. */
import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { EngineHost } from '../../main/electron/engine.ts';
import type { EngineStatus } from '../../main/shared/engine.ts';
import { scratch } from '../support/disks.ts';

/** An engine that answers as the protocol says, counting what it was asked. */
const living = `
  const { parentPort } = require('node:worker_threads');
  let asked = 0;
  parentPort.on('message', ({ id, kind }) => {
    asked += 1;
    parentPort.postMessage({ id, kind: 'progress', progress: null });
    if (kind === 'status') {
      parentPort.postMessage({ id, kind, upSeconds: asked, jobsRunning: 0, jobsDone: 0, bytesWritten: 0, memoryBytes: 1 });
    }
  });`;

/** A host over `program`; `until` waits for the first change to a status like that. */
function hostOver(program: string, file: string, silentAfterMs = 60_000) {
  writeFileSync(file, program);
  const told: EngineStatus[] = [];
  const waiting = new Set<() => void>();
  const host = new EngineHost({
    file,
    askEveryMs: 10,
    silentAfterMs,
    onChange: (status) => {
      told.push(status);
      for (const look of waiting) look();
    },
  });
  const until = async (isIt: (status: EngineStatus) => boolean): Promise<EngineStatus> =>
    await new Promise((resolve) => {
      const look = (): void => {
        if (!isIt(host.status)) return;
        waiting.delete(look);
        resolve(host.status);
      };
      waiting.add(look);
      look();
    });
  return { host, told, until };
}

test('a running engine is asked again and again, and its figures are passed on', async () => {
  using folder = scratch();
  const { host, told, until } = hostOver(living, folder.file('engine.cjs'));
  await using _ending = host;

  host.start();
  const later = await until((status) => status.state === 'running' && status.upSeconds >= 3);

  expect(told[0]).toEqual({ state: 'starting' });
  expect(later).toEqual({
    state: 'running',
    upSeconds: 3,
    jobsRunning: 0,
    jobsDone: 0,
    bytesWritten: 0,
    memoryBytes: 1,
  });
});

test('an engine that throws is shown as failed with what it said, and starts again when told to', async () => {
  using folder = scratch();
  const file = folder.file('engine.cjs');
  const { host, until } = hostOver("throw new Error('no memory left')", file);
  await using _ending = host;

  host.start();
  const failed = await until((status) => status.state === 'failed');
  writeFileSync(file, living);
  host.start();
  const again = await until((status) => status.state === 'running');

  expect(failed).toMatchObject({ error: { code: 'engine.ended', message: 'The engine failed: no memory left' } });
  expect(again.state).toBe('running');
});

test('an engine that ends by itself is failed, whatever its exit code', async () => {
  using folder = scratch();
  const { host, until } = hostOver('process.exit(0)', folder.file('engine.cjs'));
  await using _ending = host;

  host.start();

  expect(await until((status) => status.state === 'failed')).toMatchObject({ error: { code: 'engine.ended' } });
});

test('an engine that says nothing for too long is taken for dead, even while it is busy', async () => {
  using folder = scratch();
  const { host, until } = hostOver('for (;;);', folder.file('engine.cjs'), 50);
  await using _ending = host;

  host.start();

  expect(await until((status) => status.state === 'failed')).toMatchObject({ error: { code: 'engine.silent' } });
});

test('starting twice makes one engine, and ending it is no failure', async () => {
  using folder = scratch();
  const { host, told, until } = hostOver(living, folder.file('engine.cjs'));

  host.start();
  host.start();
  await until((status) => status.state === 'running');
  await host[Symbol.asyncDispose]();

  expect(told.filter(({ state }) => state === 'starting')).toHaveLength(1);
  expect(told.some(({ state }) => state === 'failed')).toBe(false);
});

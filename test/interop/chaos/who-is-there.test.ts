/** Who of a fleet is there, and who has what, when clocks are set, and when daemon and worker die together. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NodeFacts } from '../../../main/shared/schedule.ts';
import { scratch } from '../../support/disks.ts';
import { until } from '../../support/until.ts';
import { everythingHolds } from './invariants.ts';
import { Scene, WORKERS } from './scene.ts';

const LOST_AFTER_SECONDS = 15;
const AN_HOUR_S = 3600;
const folder = scratch();
let scene: Scene;

beforeAll(async () => {
  scene = await Scene.open({
    folder: folder.dir,
    machines: 4,
    large: 0,
    lostAfterSeconds: LOST_AFTER_SECONDS,
    state: 'files',
  });
});
afterAll(async () => {
  await scene?.[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

const nodeOf = async (name: string): Promise<NodeFacts | undefined> =>
  (await scene.fleet.daemon.client.call('nodes.list', {})).nodes.find(({ id }) => id === name);

test('a worker that dies with the daemon is missed by the next one', { timeout: 120_000 }, async () => {
  const log = scene.fleet.log.length;

  await Promise.all([scene.fleet.daemon.kill(), scene.fleet.worker('w1').kill()]);
  await scene.fleet.startDaemon();

  await expect
    .poll(() => scene.fleet.log.slice(log), { timeout: 60_000 })
    .toContain('Node “w1” is not heard any more; it ran nothing.');
  await scene.fleet.startWorker('w1');
});

describe('a clock', { timeout: 300_000 }, () => {
  test('of the daemon that jumps ahead takes nothing from a worker that is heard', async () => {
    const { vcenter } = scene.estate;
    const log = scene.fleet.log.length;
    vcenter.faults.add({ where: 'nfc', kind: 'stall', afterBytes: 100_000, delayMs: 15_000 });
    const ids = await scene.begin(1);
    await until(
      async () => await scene.records(ids),
      (some) => some.every(({ stage }) => stage === 'copying'),
    );

    scene.clocks.set('desk', AN_HOUR_S);
    await scene.finish(ids);

    const [record] = await scene.records(ids);
    expect(scene.fleet.log.slice(log)).not.toContain('is not heard any more');
    expect(record?.stages.filter(({ stage }) => stage === 'copying')).toHaveLength(1);
    await everythingHolds(scene, ids, 'the daemon’s clock');
    scene.clocks.set('desk', 0);
  });

  test('of the daemon that goes back leaves a worker that dies as dead as any', async () => {
    scene.clocks.set('desk', AN_HOUR_S);
    await until(
      async () => await nodeOf('w3'),
      (node) => Date.parse(node?.seenAt ?? '') > Date.now() + 1000 * (AN_HOUR_S / 2),
    );

    scene.clocks.set('desk', 0);
    await scene.fleet.worker('w3').kill();

    await expect.poll(async () => (await nodeOf('w3'))?.isAlive, { timeout: 60_000 }).toBe(false);
    await scene.fleet.startWorker('w3');
  });

  test('of a worker that goes back does not hush it, nor the process after it', async () => {
    for (const name of WORKERS) scene.clocks.set(name, AN_HOUR_S);
    await pause(7_000); // a heartbeat or two
    const log = scene.fleet.log.length;

    for (const name of WORKERS) scene.clocks.set(name, 0);
    await pause((LOST_AFTER_SECONDS + 10) * 1000);

    expect(scene.fleet.log.slice(log)).not.toContain('is not heard any more');
    await scene.fleet.worker('w2').kill();
    await scene.fleet.startWorker('w2');
    await until(
      async () => await nodeOf('w2'),
      (node) => node?.isAlive === true && scene.fleet.log.slice(log).includes('Node “w2” is up.'),
      90_000,
    );
    const ids = await scene.begin(2);
    await scene.finish(ids);
    await everythingHolds(scene, ids, 'the workers’ clocks');
  });
});

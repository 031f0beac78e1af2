/** What the scheduler does with what a worker on another machine has, when that worker is not heard for a while. */
import { expect, test } from 'vitest';
import type { RemoteNode } from '../../main/fleet/daemon/remote-node.ts';
import type { MigrationId } from '../../main/shared/migration.ts';
import { noSiteRules, type SiteRules } from '../../main/shared/site-rules.ts';
import { Elsewhere } from './elsewhere.ts';
import { SimWorld } from './sim-world.ts';

interface Fleet extends AsyncDisposable {
  readonly world: SimWorld;
  readonly worker: Elsewhere;
  readonly id: MigrationId;
  readonly token: number;
}

/** One worker, which copies one machine. */
async function fleet(): Promise<Fleet> {
  const workers: Elsewhere[] = [];
  const join = (world: SimWorld): RemoteNode[] => {
    workers.push(new Elsewhere('w1', world));
    return workers.map(({ node }) => node);
  };
  const world = await SimWorld.make({ nodes: {}, more: join });
  const [worker] = workers;
  if (worker === undefined) throw new Error('the worker has not joined');
  worker.says([]);
  const id = await world.add('web');
  const token = await worker.copies(id);
  return { world, worker, id, token, [Symbol.asyncDispose]: async () => await world[Symbol.asyncDispose]() };
}

test.each(['before', 'after'] as const)(
  'a pause of what a worker copies that is cut off holds when the worker is heard again, where it came %s that counted as lost',
  async (when) => {
    await using all = await fleet();
    const { world, worker, id, token } = all;
    worker.answer = null;
    await world.pass(20_000);
    if (when === 'after') await worker.isLost();
    await world.act(id, 'pause');
    await world.settle();
    if (when === 'before') await worker.isLost();

    expect(world.show(id)).toMatchObject({ isQueued: false, isRunning: false });
    worker.says([[id, token]]);
    expect(await worker.asks(id, token)).toBe('fenced');
    await world.pass(60_000);
    expect(worker.jobs.map(({ kind }) => kind)).toEqual(['preflight', 'run']);
  },
);

test('a hold of what a worker copies that is cut off holds when the worker is heard again', async () => {
  await using all = await fleet();
  const { world, worker, id, token } = all;
  await worker.isLost();
  await world.act(id, 'hold');
  await world.settle();

  worker.says([[id, token]]);
  expect(await worker.asks(id, token)).toBe('fenced');
});

test('what a worker still has that is heard again is its own at once, however often it was lost', async () => {
  await using all = await fleet();
  const { world, worker, id } = all;
  let { token } = all;
  for (let loss = 1; loss <= 3; loss++) {
    await worker.isLost();
    worker.says([[id, token]]);
    await world.settle();

    expect(world.show(id)).toMatchObject({ isRunning: true, waitsFor: null });
    expect(worker.jobs.at(-1)).toMatchObject({ kind: 'run', token: token + 1 });
    token += 1;
    worker.says([[id, token]]);
  }
});

test('what a worker that was started anew does not have any more waits a little', async () => {
  await using all = await fleet();
  const { world, worker, id } = all;
  await worker.isLost();
  worker.says([]);
  await world.settle();

  expect(world.show(id)).toMatchObject({ isRunning: false, waitsFor: { reason: 'trouble' } });
});

test('a pause that a worker was not yet asked for when the daemon ended is asked by the next one', async () => {
  await using all = await fleet();
  const { world, worker, id, token } = all;
  worker.answer = { kind: 'notHere' };
  await world.act(id, 'pause');
  await world.settle();
  await world.restart();
  worker.says([[id, token]]);
  await world.settle();

  const next = worker.jobs.at(-1);
  expect(next).toMatchObject({ kind: 'run', migration: id, token: token + 1 });
  worker.says([[id, token + 1]]);
  worker.wishes.length = 0;
  await world.pass(6000);
  expect(worker.wishes).toContainEqual({ kind: 'pause', migration: id, token: token + 1 });
});

test('a job that cannot be sent, since the broker is away, is lost with its worker', async () => {
  await using all = await fleet();
  const { world, worker } = all;
  worker.isReached = false;
  const id = await world.add('db');
  await world.until(() => world.show(id).isRunning || world.scheduler.holdOf(id) !== null);
  await worker.isLost();

  expect(world.show(id)).toMatchObject({ isRunning: false, isQueued: true });
});

test('a cancellation that a worker was asked for, and does not answer, is lost with it, and done by another job', async () => {
  await using all = await fleet();
  const { world, worker, id, token } = all;
  worker.isReached = false;
  await world.act(id, 'cancel');
  await worker.isLost();
  worker.isReached = true;
  worker.says([]);
  await world.pass(60_000);

  expect(worker.jobs.at(-1)).toMatchObject({ kind: 'cancel', migration: id, token: token + 1 });
});

test('a server that does not decide any more comes to rest, also with what it was just giving to a worker', async () => {
  await using all = await fleet();
  const { world, worker } = all;
  let know = (_rules: SiteRules): void => {};
  worker.site = new Promise((resolve) => (know = resolve));
  const id = await world.add('db');
  await world.until(() => world.scheduler.holdOf(id) !== null);

  let isAtRest = false;
  void world.scheduler.rest().then(() => (isAtRest = true));
  await world.settle();
  know(noSiteRules);
  await world.pass(60_000);
  expect(isAtRest).toBe(true);
});

/** Mistakes of setting up a fleet, behind a real RabbitMQ: one name twice, a wrong key, two daemons on one virtual host. Each is told in words. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Broker } from '../../main/fleet/broker/broker.ts';
import { passwordIn } from '../../main/fleet/broker/password.ts';
import { keepTruth } from '../../main/fleet/truth.ts';
import type { NodeFacts, ScheduledMigration } from '../../main/shared/schedule.ts';
import type { Daemon } from '../support/daemon.ts';
import { until } from '../support/until.ts';
import type { WorkerProcess } from '../support/worker.ts';
import { SmallFleet, type WorkerWish } from './small-fleet.ts';

let fleet: SmallFleet;
let daemon: Daemon;
const opened: AsyncDisposable[] = [];

const startDaemon = async (name = 'desk'): Promise<Daemon> => await fleet.startDaemon(name, '--lost-after', '15');

async function startWorker(name: string, wish: WorkerWish = {}): Promise<WorkerProcess> {
  const worker = await fleet.startWorker(name, wish);
  opened.push(worker);
  return worker;
}

/** Why it did not start: its exit code and everything that it has printed. */
const whyNot = async (starting: Promise<AsyncDisposable>): Promise<string> =>
  await starting.then(
    (started) => {
      opened.push(started);
      return 'it has started';
    },
    (error: unknown) => String(error),
  );

const nodes = async (): Promise<NodeFacts[]> => (await daemon.client.call('nodes.list', {})).nodes;
const isUp = async (name: string): Promise<void> =>
  void (await until(nodes, (all) => all.some(({ id, isAlive }) => id === name && isAlive)));
const says = async (one: { readonly log: string }, words: string): Promise<void> =>
  void (await until(
    async () => await Promise.resolve(one.log),
    (log) => log.includes(words),
  ));
const count = (text: string, part: string): number => text.split(part).length - 1;

async function atItsEnd({ request }: ScheduledMigration): Promise<ScheduledMigration> {
  return await until(
    async () => await daemon.client.call('migrations.show', { id: request.id }),
    ({ stage }) => stage === 'done' || stage === 'failed',
    90_000,
  );
}
const DONE = { stage: 'done', ledger: [], error: null };

beforeAll(async () => {
  fleet = await SmallFleet.open([1, 1]);
  daemon = await startDaemon();
  await fleet.setUp(daemon);
}, 120_000);
afterEach(async () => {
  for (const one of opened.splice(0)) await one[Symbol.asyncDispose]();
});
afterAll(async () => await fleet?.[Symbol.asyncDispose](), 60_000);

describe('two daemons without a shared state on one virtual host', { timeout: 180_000 }, () => {
  test('are one too many: the second ends and says why, and the first goes on as if nothing had been', async () => {
    await startWorker('w1');
    await isUp('w1');

    const why = await whyNot(startDaemon('other'));
    expect(why).toContain('guts serve ended (1)');
    expect(why).toContain('fleet.other-daemon');
    expect(why).toContain('--state');

    await daemon.stop();
    daemon = await startDaemon();
    expect(await atItsEnd(await fleet.begin(daemon))).toMatchObject(DONE);
  });

  test('wait for each other a moment: the first one comes in by itself when the other goes', async () => {
    await startWorker('w1');
    await daemon.stop();
    const other = await startDaemon('other');
    opened.push(other);

    const starting = startDaemon();
    const log = fleet.file('desk/logs/guts.log'); // it is not there for anybody else yet
    await until(
      async () => await readFile(log, 'utf8'),
      (text) => text.includes('fleet.other-daemon'),
    );
    await other.stop();
    daemon = await starting;

    await isUp('w1');
    expect(daemon.log).toContain('"state":"up"');
  });

  test('lose no work for good: what somebody else has answered for is given again', async () => {
    await daemon.stop();
    // An older Guts, which claims nothing.
    const broker = new Broker({
      url: fleet.rabbit.amqp,
      trust: { kind: 'system' },
      password: async () => await passwordIn(fleet.rabbit.passwordFile),
      name: 'guts serve',
    });
    opened.push(broker);
    let refused = 0;
    await using answering = await keepTruth(broker, {
      answer: async () => await Promise.resolve({ kind: 'fenced', ...(refused++, {}) } as const),
    });
    daemon = await startDaemon();
    await startWorker('w1');
    await isUp('w1');
    const migration = await fleet.begin(daemon);
    await until(
      async () => await Promise.resolve(refused),
      (times) => times > 0,
    );
    await answering[Symbol.asyncDispose]();

    expect(await atItsEnd(migration)).toMatchObject(DONE);
  });
});

describe('a name that two nodes have', { timeout: 180_000 }, () => {
  test('is refused to the second worker, on both sides in words; the first one started anew has it at once', async () => {
    const first = await startWorker('w8');
    await isUp('w8');

    const why = await whyNot(startWorker('w8', { on: 'w8-elsewhere' }));

    expect(why).toContain('guts worker ended (1)');
    expect(why).toContain('fleet.name-taken');
    expect(why).toContain('Another worker is connected under the name “w8”.');
    expect(why).toContain('--name');
    expect(count(daemon.log, 'was started anew')).toBe(0);
    await says(daemon, 'was turned away');
    expect(count(daemon.log, 'was turned away')).toBe(1);
    expect((await nodes()).filter(({ id }) => id === 'w8')).toHaveLength(1);

    await first.kill();
    const again = await startWorker('w8');

    expect(again.log).not.toContain('fleet.name-taken');
    await says(daemon, 'Node “w8” was started anew.');
    expect(count(daemon.log, 'was started anew')).toBe(1);
  });

  test('is refused to a worker that would be called as the daemon’s own machine is', async () => {
    const why = await whyNot(startWorker('desk'));

    expect(why).toContain('guts worker ended (1)');
    expect(why).toContain('The daemon’s own machine is called “desk” among nodes.');
    expect(why).toContain('--name');
    expect((await nodes()).filter(({ id }) => id === 'desk')).toHaveLength(1);
  });
});

test('workers that no daemon answers say so, and what may be the reason', { timeout: 180_000 }, async () => {
  const otherKey = randomBytes(32).toString('base64');
  writeFileSync(fleet.file('other.key'), `${otherKey}\n`, { mode: 0o600 });
  await daemon.stop();

  const own = await startWorker('w2');
  const stranger = await startWorker('w9', { joinKeyFile: fleet.file('other.key') });
  const namesake = await startWorker('desk'); // the daemon has not had its name yet
  for (const worker of [own, stranger, namesake]) await says(worker, 'fleet.no-daemon');
  daemon = await startDaemon();
  await says(own, '"state":"answers"');
  for (const worker of [stranger, namesake]) await says(worker, 'fleet.not-answered');

  expect(own.log).not.toContain('fleet.not-answered');
  expect(stranger.log).toContain('join key');
  expect(stranger.log).not.toContain(otherKey);
  expect(namesake.log).toContain('--name');
  expect(daemon.log).toContain('calls itself “desk” as this machine does');
  const ids = (await nodes()).map(({ id }) => id);
  expect(ids.filter((id) => id === 'desk' || id === 'w9')).toEqual(['desk']);
});

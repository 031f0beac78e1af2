/** What daemon and workers say to each other by the real RabbitMQ: jobs, truth, heartbeats, wishes; with either side killed or cut off. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Asker } from '../../main/fleet/broker/asker.ts';
import { Broker } from '../../main/fleet/broker/broker.ts';
import { declareDead, jobsQueue, TRUTH_QUEUE, wishesQueue } from '../../main/fleet/broker/topology.ts';
import { passwordIn } from '../../main/fleet/broker/password.ts';
import { Jobs, takeJobs } from '../../main/fleet/jobs.ts';
import { hearTold, Teller } from '../../main/fleet/told.ts';
import { journalPart, keepTruth, Truth, wholeJournal } from '../../main/fleet/truth.ts';
import { askWish, grantWishes } from '../../main/fleet/wishes.ts';
import { GutsError } from '../../main/shared/errors.ts';
import type { FleetJob, Told, TruthQuestion } from '../../main/shared/fleet.ts';
import { noSiteRules } from '../../main/shared/site-rules.ts';
import { defaultOptions, MigrationId, MigrationRequest } from '../../main/shared/migration.ts';
import { NodeId } from '../../main/shared/schedule.ts';
import { CuttingProxy } from '../support/cutting-proxy.ts';
import { scratch } from '../support/disks.ts';
import { until } from '../support/until.ts';
import { rabbitmqPeer, type RabbitmqPeer } from './rabbitmq-peer.ts';

let peer: RabbitmqPeer;
beforeAll(async () => {
  peer = await rabbitmqPeer();
});
afterAll(async () => await peer[Symbol.asyncDispose]());

const connect = (url = peer.amqp): Broker =>
  new Broker({
    url,
    trust: { kind: 'system' },
    password: async () => await passwordIn(peer.passwordFile),
    name: 'guts story',
  });
const soon = <T>(ask: () => T, isDone: (answer: T) => boolean): Promise<T> =>
  until(async () => await Promise.resolve(ask()), isDone);

const TAKEN = { kind: 'taken', goodForMs: 30_000 } as const;
let counted = 0;
const newMigration = (): MigrationId => MigrationId.parse(`mig_${(++counted).toString().padStart(12, '0')}`);
const newNode = (): NodeId => NodeId.parse(`w${++counted}`);
const entry = (migration: MigrationId, number: number, token = 1): TruthQuestion => ({
  kind: 'entry',
  migration,
  token,
  node: NodeId.parse('w'),
  number,
  entry: { what: 'stage', stage: 'copying' },
});
const runOf = (migration: MigrationId): FleetJob => ({
  kind: 'run',
  migration,
  token: 1,
  site: noSiteRules,
  request: MigrationRequest.parse({
    id: migration,
    source: 'src_000000000000',
    destination: 'dst_000000000000',
    vm: { ref: 'vm-1', name: 'web' },
    options: defaultOptions,
    createdAt: '2026-11-27T00:00:00.000Z',
  }),
});

describe('jobs', () => {
  test('wait for a node that is not there yet, and go once it has taken them', async () => {
    const node = newNode();
    const migration = newMigration();
    await using daemon = connect();
    await using worker = connect();
    await new Jobs(daemon).send(node, runOf(migration));

    const taken: FleetJob[] = [];
    await takeJobs(worker, { node, slots: 2, take: async (job) => void taken.push(job) });
    await soon(
      () => taken.length,
      (length) => length === 1,
    );

    expect(taken).toEqual([runOf(migration)]);
    await until(
      async () => await peer.ctl('list_queues', '-p', 'guts', 'name', 'messages'),
      (queues) => new RegExp(`^${jobsQueue(node)}\\s+0$`, 'm').test(queues),
    );
  });

  test('that a worker was cut off with are taken again, by it or by the next of its name', async () => {
    const node = newNode();
    await using proxy = await CuttingProxy.open('127.0.0.1', peer.port);
    await using daemon = connect();
    const taken: string[] = [];
    const first = connect(`amqp://guts@127.0.0.1:${proxy.port}/guts`);
    await takeJobs(first, {
      node,
      slots: 1,
      take: async () => {
        taken.push('first');
        await new Promise(() => {}); // as a process that is killed
      },
    });
    await new Jobs(daemon).send(node, runOf(newMigration()));
    await soon(
      () => taken.length,
      (length) => length === 1,
    );

    await proxy[Symbol.asyncDispose]();
    await using second = connect();
    await takeJobs(second, { node, slots: 1, take: async () => void taken.push('second') });
    await soon(
      () => taken.length,
      (length) => length === 2,
    );

    expect(taken).toEqual(['first', 'second']);
    await first[Symbol.asyncDispose]();
  });

  test('go at once into queues that daemon and workers make at the same moment', async () => {
    await using daemon = connect();
    await using worker = connect();
    const jobs = new Jobs(daemon);
    await daemon.ready();
    await worker.ready();
    const taken: MigrationId[] = [];
    const nodes = Array.from({ length: 10 }, newNode);
    const migrations = nodes.map(() => newMigration());

    await Promise.all([
      ...nodes.map(async (node, i) => await jobs.send(node, runOf(migrations[i] ?? newMigration()))),
      ...nodes.map(
        async (node) =>
          await takeJobs(worker, { node, slots: 1, take: async ({ migration }) => void taken.push(migration) }),
      ),
    ]);
    await soon(
      () => taken.length,
      (length) => length === nodes.length,
    );

    expect(taken.toSorted()).toEqual(migrations);
  });

  test('of a newer Guts are laid aside with the reason', async () => {
    const node = newNode();
    await using broker = connect();
    await takeJobs(broker, { node, slots: 1, take: async () => {} });
    const reasons: unknown[] = [];
    await broker.consume({
      declare: declareDead,
      prefetch: 1,
      handle: async ({ headers }) =>
        void (headers['guts-queue'] === jobsQueue(node) && reasons.push(headers['guts-reason'])),
    });

    await broker.publish({
      exchange: '',
      key: jobsQueue(node),
      body: Buffer.from('{"protocol":2,"kind":"teleport"}'),
      isDurable: true,
      mustArrive: true,
    });
    await soon(
      () => reasons.length,
      (length) => length === 1,
    );

    expect(reasons).toEqual(['fleet.unknown-kind: This Guts does not know what “teleport” is.']);
  });

  test('of a node that is removed go with its queue', async () => {
    const node = newNode();
    await using daemon = connect();
    const jobs = new Jobs(daemon);
    await jobs.send(node, runOf(newMigration()));

    await jobs.forget(node);

    expect(await peer.ctl('list_queues', '-p', 'guts', 'name')).not.toContain(`${jobsQueue(node)}\n`);
  });
});

describe('the truth', () => {
  test('is asked in order per migration, and answers with the moment from which the lease counts', async () => {
    await using daemon = connect();
    await using worker = connect();
    await using asker = await Asker.on(worker);
    const truth = await Truth.on(worker, asker);
    await worker.ready(); // its queue takes whatever comes from now on
    const [one, two] = [newMigration(), newMigration()];
    const asked: string[] = [];
    let atWork = 0;
    let mostAtWork = 0;
    await using _keeper = await keepTruth(daemon, {
      answer: async (question) => {
        mostAtWork = Math.max(mostAtWork, ++atWork);
        asked.push(`${question.migration} ${question.kind === 'entry' ? question.number : question.kind}`);
        await soon(
          () => mostAtWork,
          (most) => most === 2, // the other migration’s is not kept waiting by this one
        );
        await new Promise((resolve) => setImmediate(resolve));
        atWork -= 1;
        return question.token < 2 ? { kind: 'fenced' } : TAKEN;
      },
    });

    const before = performance.now();
    const told = await Promise.all(
      [0, 1, 2, 3].flatMap((number) => [truth.ask(entry(one, number, 2)), truth.ask(entry(two, number, 2))]),
    );
    const fenced = await truth.ask({ kind: 'lease', migration: one, token: 1, node: newNode() });

    expect(told.map(({ answer }) => answer)).toEqual(Array.from({ length: 8 }, () => TAKEN));
    expect(fenced.answer).toEqual({ kind: 'fenced' });
    expect(asked.filter((line) => line.startsWith(one))).toEqual([0, 1, 2, 3, 'lease'].map((what) => `${one} ${what}`));
    expect(mostAtWork).toBe(2);
    for (const { sentAt } of told) expect(sentAt.monotonicMs).toBeGreaterThanOrEqual(before);
  });

  test('that was killed before it answered takes an entry once and answers it once', async () => {
    using tmp = scratch();
    const file = tmp.file('truth');
    await using worker = connect();
    await using asker = await Asker.on(worker);
    const truth = await Truth.on(worker, asker);
    const migration = newMigration();
    const first = truthProcess(file, 'stands-still');
    const asking = truth.ask(entry(migration, 0));
    await once(first.stdout ?? first, 'data');

    first.kill('SIGKILL');
    await once(first, 'close');
    const second = truthProcess(file, 'answers');
    const { answer } = await asking;
    const next = await truth.ask(entry(migration, 1));
    second.kill('SIGKILL');
    await once(second, 'close');

    expect(answer).toEqual(TAKEN);
    expect(next.answer).toEqual(TAKEN);
    expect(readFileSync(file, 'utf8')).toBe(`${migration} 1 0\n${migration} 1 1\n`);
  });

  test('is asked by one daemon at a time, and by the next when that one goes', async () => {
    await using one = connect();
    await using two = connect();
    await using worker = connect();
    await using asker = await Asker.on(worker);
    const truth = await Truth.on(worker, asker);
    const answered: string[] = [];
    const migration = newMigration();
    const keep = async (broker: Broker, name: string) =>
      await keepTruth(broker, {
        answer: async (question) => {
          if (question.migration === migration) answered.push(name); // what others left unacknowledged comes again
          return await Promise.resolve(TAKEN);
        },
      });
    await one.ready();
    const first = await keep(one, 'one');
    await two.ready();
    await using _second = await keep(two, 'two');

    for (const number of [0, 1, 2]) await truth.ask(entry(migration, number));
    await first[Symbol.asyncDispose]();
    for (const number of [3, 4]) await truth.ask(entry(migration, number));

    expect(answered).toEqual(['one', 'one', 'one', 'two', 'two']);
  });

  test('is asked anew by a worker that was cut off, and recognises what it has', async () => {
    await using proxy = await CuttingProxy.open('127.0.0.1', peer.port);
    await using daemon = connect();
    await using worker = connect(`amqp://guts@127.0.0.1:${proxy.port}/guts`);
    await using asker = await Asker.on(worker);
    const truth = await Truth.on(worker, asker);
    let taken = 0;
    let answerNow = (): void => {};
    const cut = new Promise<void>((resolve) => {
      answerNow = resolve;
    });
    await using _keeper = await keepTruth(daemon, {
      answer: async () => {
        taken += 1;
        await cut;
        return TAKEN;
      },
    });

    const asking = truth.ask(entry(newMigration(), 0));
    await soon(
      () => taken,
      (count) => count === 1,
    );
    const sentBefore = performance.now();
    proxy.cut();
    await soon(
      () => worker.state.kind,
      (kind) => kind === 'down',
    );
    answerNow();
    const { answer, sentAt } = await asking;

    expect(answer).toEqual(TAKEN);
    expect(taken).toBe(1);
    expect(sentAt.monotonicMs).toBeGreaterThan(sentBefore); // the question that was answered, not the one that was lost
  });

  test('tells what goes wrong with it, and waits where that may pass', async () => {
    await using broker = connect();
    await using asker = await Asker.on(broker);
    const truth = await Truth.on(broker, asker);
    let tries = 0;
    await using _keeper = await keepTruth(broker, {
      answer: async ({ kind }) => {
        tries += 1;
        if (kind === 'credentials') throw new BrokenError('there is no such connection');
        if (tries === 1) throw new AwayError('the database is away');
        return await Promise.resolve(TAKEN);
      },
    });
    const migration = newMigration();

    const entered = await truth.ask(entry(migration, 0));
    const refused = await truth.ask({
      kind: 'credentials',
      migration,
      token: 1,
      node: newNode(),
      connection: runOf(migration).request.source,
    });
    const { body } = await asker.ask({
      to: TRUTH_QUEUE,
      body: Buffer.from('{"protocol":2,"kind":"sing"}'),
      isDurable: true,
      againAfterMs: null,
    });

    expect(entered.answer).toEqual(TAKEN);
    expect(tries).toBe(3);
    expect(refused.answer).toMatchObject({ kind: 'failed', error: { code: 'story.broken' } });
    expect(JSON.parse(body.toString())).toMatchObject({ kind: 'failed', error: { code: 'fleet.unknown-kind' } });
  });

  test('gives a large journal in parts', async () => {
    await using broker = connect();
    await using asker = await Asker.on(broker);
    const truth = await Truth.on(broker, asker);
    const entries = Array.from({ length: 200 }, (_, i) => ({ what: 'planned', i, filler: 'x'.repeat(10_000) }));
    await using _keeper = await keepTruth(broker, {
      answer: async (question) =>
        await Promise.resolve(question.kind === 'journal' ? journalPart(entries, question.from) : { kind: 'fenced' }),
    });

    const admission = { migration: newMigration(), token: 1, node: newNode() };
    const partFrom = async (from: number) => (await truth.ask({ kind: 'journal', ...admission, from })).answer;
    expect(await wholeJournal(partFrom)).toEqual(entries);
  });
});

describe('what is told', () => {
  test('is heard by every daemon, and what this Guts does not know is told apart', async () => {
    await using worker = connect();
    await using one = connect();
    await using two = connect();
    const heard: Told[] = [];
    const strange: string[] = [];
    for (const daemon of [one, two]) {
      await daemon.ready();
      await hearTold(
        daemon,
        (told) => heard.push(told),
        ({ code }) => strange.push(code),
      );
    }
    const teller = await Teller.on(worker);
    await worker.ready();
    const left = { kind: 'left', node: newNode(), at: '2026-11-27T00:00:00.000Z' } as const;

    expect(await teller.tell(left)).toBe(true);
    await worker.publish({
      exchange: 'guts.told',
      key: '',
      body: Buffer.from('{"protocol":2,"kind":"gossip"}'),
      isDurable: false,
      mustArrive: false,
    });
    await soon(
      () => heard.length + strange.length,
      (count) => count === 4,
    );

    expect(heard).toEqual([left, left]);
    expect(strange).toEqual(['fleet.unknown-kind', 'fleet.unknown-kind']);
  });

  test('while the broker is away is not kept', async () => {
    const proxy = await CuttingProxy.open('127.0.0.1', peer.port);
    await using worker = connect(`amqp://guts@127.0.0.1:${proxy.port}/guts`);
    const teller = await Teller.on(worker);
    await worker.ready();
    await proxy[Symbol.asyncDispose]();
    await soon(
      () => worker.state.kind,
      (kind) => kind === 'down',
    );

    expect(await teller.tell({ kind: 'left', node: newNode(), at: '2026-11-27T00:00:00.000Z' })).toBe(false);
  });
});

describe('wishes', () => {
  const impatient = (): AbortSignal => AbortSignal.timeout(120_000);

  test('are answered by the node, also where they fail', async () => {
    const node = newNode();
    await using daemon = connect();
    await using worker = connect();
    await using asker = await Asker.on(daemon);
    await worker.ready();
    await using _granting = await grantWishes(worker, node, async (wish) => {
      if (wish.kind === 'cancel') throw new AwayError('it is at its last step');
      return await Promise.resolve({ kind: 'done' });
    });

    const drained = await askWish(asker, node, { kind: 'drain', isDraining: true, pauses: false }, impatient());
    const refused = await askWish(asker, node, { kind: 'cancel', migration: newMigration(), token: 1 }, impatient());

    expect(drained).toEqual({ kind: 'done' });
    expect(refused).toMatchObject({ kind: 'failed', error: { code: 'story.away', retryable: true } });
  });

  test('of a node that is away are refused at once', async () => {
    await using daemon = connect();
    await using asker = await Asker.on(daemon);

    await expect(askWish(asker, newNode(), { kind: 'look', targets: [] }, impatient())).rejects.toMatchObject({
      code: 'fleet.node-away',
    });
  });

  test('that nobody answers are asked again', async () => {
    const node = newNode();
    await using daemon = connect();
    await using worker = connect();
    await using asker = await Asker.on(daemon);
    await worker.ready();
    const asked: (string | null)[] = [];
    const wanting = await worker.consume({
      declare: async (channel) =>
        (
          await channel.assertQueue(wishesQueue(node), {
            durable: false,
            autoDelete: true,
            arguments: { 'x-message-ttl': 60_000 },
          })
        ).queue,
      prefetch: 1,
      handle: async ({ correlationId }) => void asked.push(correlationId), // and says nothing
    });

    const asking = askWish(asker, node, { kind: 'look', targets: [] }, impatient());
    await soon(
      () => asked.length,
      (length) => length === 1,
    );
    await using _granting = await grantWishes(worker, node, async () => await Promise.resolve({ kind: 'notHere' }));
    await wanting[Symbol.asyncDispose]();

    expect(await asking).toEqual({ kind: 'notHere' });
  });
});

function truthProcess(file: string, how: string): ChildProcess {
  const program = path.resolve(import.meta.dirname, '../support/truth-process.ts');
  return spawn(process.execPath, [program, peer.amqp, peer.passwordFile, file, how], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

class BrokenError extends GutsError {
  readonly code = 'story.broken';
  readonly remedy = 'None.';
}

class AwayError extends GutsError {
  readonly code = 'story.away';
  readonly remedy = 'None.';
  override readonly retryable = true;
}

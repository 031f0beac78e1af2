/** What a worker asks about its migration while the daemon that gave it dies, and the next one gives it a new token. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EnginePool } from '../../main/engine-pool.ts';
import { newWorkerKeys, seal } from '../../main/fleet/sealing.ts';
import { Work } from '../../main/fleet/worker/work.ts';
import type { FleetJob, TruthAnswer, TruthQuestion } from '../../main/shared/fleet.ts';
import { NodeId } from '../../main/shared/schedule.ts';
import { noSiteRules } from '../../main/shared/site-rules.ts';
import { scratch } from '../support/disks.ts';
import { source } from '../store/samples.ts';
import { requestOf } from '../store/state-stories.ts';

const vcenter = source('vc');
const request = { ...requestOf(1), source: vcenter.id };
const signIn = { connection: vcenter, secret: 'geheim' };
const node = NodeId.parse('w1');
const keys = newWorkerKeys();

let engines: EnginePool;
beforeAll(() => {
  engines = new EnginePool(1);
});
afterAll(async () => await engines[Symbol.asyncDispose]());

/** A job under token 1, of a daemon that answers token 2 alone. */
function workOf(folder: string, asked: TruthQuestion[]): Work {
  const answerTo = (question: TruthQuestion): TruthAnswer => {
    if (question.token !== 2) return { kind: 'fenced' };
    if (question.kind === 'journal') return { kind: 'journal', entries: [{ what: 'begun', request }], next: null };
    if (question.kind !== 'credentials') return { kind: 'taken', goodForMs: 30_000 };
    const sealedFor = { node, migration: request.id, token: 2, what: question.connection };
    return { kind: 'credentials', sealed: seal(JSON.stringify(signIn), keys.publicKey, sealedFor) };
  };
  const job: FleetJob = { kind: 'preflight', migration: request.id, token: 1, request, site: noSiteRules };
  return new Work(job, {
    node,
    dataDir: folder,
    engines,
    truth: {
      ask: async (question) => {
        asked.push(question);
        return await Promise.resolve({ answer: answerTo(question), sentAt: { monotonicMs: 0, wallMs: 0 } });
      },
    },
    keys,
    onSecret: () => {},
    onProgress: () => {},
    buckets: [],
  });
}

test('whoever asks for the credentials under the last token gets them under the next one, and keeps its work', async () => {
  using folder = scratch();
  const asked: TruthQuestion[] = [];
  const work = workOf(folder.file('data'), asked);

  const credentials = work.source();
  await expect.poll(() => asked.length).toBe(1);
  work.adopt(2);

  expect(await credentials).toEqual(signIn);
  expect(work.isLost).toBe(false);
  expect(asked.map(({ kind, token }) => [kind, token])).toEqual([
    ['credentials', 1],
    ['credentials', 2],
  ]);
});

test('whoever asks for the journal under the last token gets it under the next one, and keeps its work', async () => {
  using folder = scratch();
  const asked: TruthQuestion[] = [];
  const work = workOf(folder.file('data'), asked);

  const running = work.run(); // that the destination's credentials are no destination's ends it
  await expect.poll(() => asked.length).toBe(1);
  work.adopt(2);

  await running;
  expect([work.isReady, work.isLost]).toEqual([true, false]);
});

test('where no new token comes, it lets go', async () => {
  using folder = scratch();
  const work = workOf(folder.file('data'), []);

  expect(await work.run()).toMatchObject({ code: 'fleet.not-ours' });
  expect(work.isLost).toBe(true);
});

test('a job that comes late, under an older token than its own, takes nothing from it', async () => {
  using folder = scratch();
  const work = workOf(folder.file('data'), []);
  work.adopt(2);
  work.adopt(1);

  expect(work.token).toBe(2);
  expect(await work.source()).toEqual(signIn);
});

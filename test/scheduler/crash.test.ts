/** Killed at any line of its journal, or in the middle of one, the scheduler goes on as it had said it would. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { expect, test, vi } from 'vitest';
import { apply, type QueueEntry, type QueueLine } from '../../main/scheduler/entries.ts';
import type { MigrationId, MigrationRecord } from '../../main/shared/migration.ts';
import { defaultSettings } from '../../main/shared/schedule.ts';
import { isOver } from '../../main/shared/stages.ts';
import { scratch } from '../support/disks.ts';
import { audit } from './obeyed.ts';
import { GIB, mig } from './samples.ts';
import { SimWorld } from './sim-world.ts';

vi.setConfig({ testTimeout: 900_000 });

const nodes = { desk: 100 * GIB };
const settings = { ...defaultSettings, slots: { ...defaultSettings.slots, global: 1 } };
const lost = { code: 'net.unreachable', message: 'Nobody answers.', remedy: 'Look at the network.', retryable: true };
/** They are neither held back nor in trouble: they go in the order of the queue. */
const plain = ['a', 'e', 'f', 'g'].map(mig);

/** A day in the life of a queue: trouble, holds, a pause, a cancellation, somebody who is in a hurry. */
async function live(world: SimWorld): Promise<void> {
  await world.add('a', { copyMs: 50_000 });
  await world.add('b', { copyMs: 50_000, trouble: (run) => (run === 1 ? lost : null) });
  await world.add('c', {}, { isHeld: true });
  await world.add('d');
  for (const name of ['e', 'f', 'g']) await world.add(name, { copyMs: 70_000 });
  await world.until(() => world.record(mig('a')).stage === 'copying');
  await world.act(mig('d'), 'cancel');
  await world.act(mig('c'), 'release');
  await world.until(() => world.record(mig('e')).stage === 'copying');
  await world.act(mig('e'), 'pause');
  await world.until(() => world.record(mig('e')).stage === 'paused');
  await world.scheduler.schedule(mig('g'), { priority: -5 });
  await world.act(mig('e'), 'resume');
  await world.untilAllOver();
  await world.settle();
}

/** How the records stood then; `isBehind` where what was admitted had not begun. */
function recordsAt(world: SimWorld, line: QueueLine, atMs: number, isBehind: boolean): MigrationRecord[] {
  return world.all().flatMap((record) => {
    if (Date.parse(record.request.createdAt) > atMs) return [];
    const isIt = isBehind && line.what === 'admitted' && line.id === record.request.id;
    const known = record.stages.filter(({ at }) => Date.parse(at) <= atMs);
    const stages = isIt
      ? known.slice(
          0,
          known.findLastIndex(({ stage }) => stage === 'queued' || stage === 'paused' || stage === 'waiting') + 1,
        )
      : known;
    const stage = stages.at(-1)?.stage ?? 'planned';
    return [{ ...record, stages, stage, error: stage === 'waiting' ? lost : null, isRunning: false }];
  });
}

function foldOf(lines: readonly QueueLine[]): Map<MigrationId, QueueEntry> {
  const entries = new Map<MigrationId, QueueEntry>();
  for (const line of lines) apply(entries, line);
  return entries;
}

test('nothing that was acknowledged is lost, and the order of the queue is kept', async () => {
  using tmp = scratch();
  await using first = await SimWorld.make({ nodes, settings });
  await live(first);
  const journal = await first.journal();
  const texts = readFileSync(path.join(first.dataDir, 'queue.jsonl'), 'utf8').split('\n');
  const config = readFileSync(path.join(first.dataDir, 'settings.json'));
  expect(journal.length).toBeGreaterThan(50);

  for (const [i, line] of journal.entries()) {
    if (line.what === 'kept') continue;
    const kept = journal.slice(0, i + 1);
    const torn = i % 2 === 0 ? (texts[i + 2] ?? '').slice(0, 40) : ''; // the head is a line, too
    const dataDir = tmp.file(`cut-${i}`);
    mkdirSync(dataDir);
    writeFileSync(path.join(dataDir, 'queue.jsonl'), `${texts.slice(0, i + 2).join('\n')}\n${torn}`);
    writeFileSync(path.join(dataDir, 'settings.json'), config);
    const nowMs = Date.parse(line.at);
    const records = recordsAt(first, line, nowMs, i % 3 === 0);
    const before = foldOf(kept);
    await using world = await SimWorld.make({ nodes, nowMs, after: { world: first, dataDir, records } });

    expect((await world.journal()).slice(0, kept.length), `cut after ${i}`).toEqual(kept);
    const isSettled = (id: MigrationId): boolean => {
      const { stage, isRunning } = world.record(id);
      const { wish = 'none', schedule } = before.get(id) ?? {};
      return !isRunning && (wish === 'none' || wish === 'pause' || schedule?.isHeld === true || isOver(stage));
    };
    await world.until(() => records.every(({ request: { id } }) => isSettled(id)));
    await world.settle();

    const said = `cut after line ${i}: ${line.what} ${line.id}`;
    for (const { request, stage: was } of records) {
      const { wish = 'none', schedule } = before.get(request.id) ?? {};
      const { stage } = world.record(request.id);
      const isQueued = world.show(request.id).isQueued;
      if (wish === 'cancel') expect(isOver(stage), said).toBe(true);
      else if (wish === 'run' && schedule?.isHeld === true && !isOver(stage)) expect(isQueued, said).toBe(true);
      else if (wish === 'run') expect(stage, `${said}, ${request.id}`).toBe('done');
      else expect(stage, `${said}, ${request.id}`).toBe(was);
    }
    const { broken, admitted } = audit(await world.journal(), { settings, nodes });
    expect(broken, said).toEqual([]);
    const order = admitted.filter((id) => plain.includes(id));
    expect(order, said).toEqual(plain.filter((id) => order.includes(id)));
    expect(world.details).toEqual([]);
  }
});

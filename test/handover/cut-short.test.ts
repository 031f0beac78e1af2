/** A giving side that is cut short between two things that it writes down goes on where it stood: nothing is lost between the two sides. */
import { expect, test } from 'vitest';
import { EnginePool } from '../../main/engine-pool.ts';
import { Giver } from '../../main/handover/giver.ts';
import { HandoverFile } from '../../main/handover/handover-file.ts';
import { partsOf, shelfOf } from '../../main/host.ts';
import { openScheduler } from '../../main/scheduler/open.ts';
import type { OpenQueueLog } from '../../main/scheduler/queue-log.ts';
import { PlanFile } from '../../main/scheduler/plan-file.ts';
import { SharedRates } from '../../main/scheduler/shared-rates.ts';
import { HandoverId } from '../../main/shared/given.ts';
import { stateIn, type State } from '../../main/state.ts';
import type { Documents } from '../../main/store/documents.ts';
import { MigrationIndex } from '../../main/store/migrations.ts';
import { mig } from '../scheduler/samples.ts';
import { destination, source } from '../store/samples.ts';
import { planOf, requestOf } from '../store/state-stories.ts';
import { scratch } from '../support/disks.ts';

const never = new AbortController().signal;
const handover = HandoverId.parse('hnd_000000000001');
const wish = { handover, plan: 'first', taker: { name: 'rack', url: null } };

test('what is written down as given is still sent, where that could not be noted in the hand-over', async () => {
  await using side = await openSide();
  const { giver } = side;
  expect((await giver.rest(wish)).parts).toMatchObject([{ id: mig(1), state: 'ready' }]);

  side.refuses = 'handovers.json';
  await expect(giver.release(handover, mig(1))).rejects.toThrow('no room');
  side.refuses = null;

  expect((await giver.rest(wish)).parts).toMatchObject([{ id: mig(1), state: 'given' }]);
  const { carried } = await giver.release(handover, mig(1));
  expect(carried?.lines).toMatchObject([{ what: 'begun' }, { what: 'given', given: { handover } }]);
});

test('what was brought to rest and did not go is in the queue again, also where the queue could not be written at first', async () => {
  await using side = await openSide();
  const { giver, scheduler, migrations } = side;
  await scheduler.act(await migrations.one(mig(1)), 'start');
  await giver.rest(wish);
  expect((await giver.rest(wish)).parts).toMatchObject([{ state: 'ready', isWished: true }]);
  expect(scheduler.view(await migrations.one(mig(1))).isQueued).toBe(false);

  side.refuses = 'queue';
  await expect(giver.close(handover, true)).rejects.toThrow('no room');
  side.refuses = null;

  expect(await giver.close(handover, true)).toMatchObject({ state: 'refused' });
  expect(scheduler.view(await migrations.one(mig(1))).isQueued).toBe(true);
});

/** With the plan “first” of one machine, whose migration is written down; what it refuses to write is said by whoever tells the story. */
async function openSide() {
  const folder = scratch();
  const dataDir = folder.file('data');
  const engines = new EnginePool(1);
  const side: { refuses: 'handovers.json' | 'queue' | null } = { refuses: null };
  const demandRoom = (what: string): void => {
    if (side.refuses === what) throw new Error('no room');
  };
  const own = stateIn(dataDir);
  const documents: Documents = {
    document: (options) => {
      const document = own.documents.document(options);
      return {
        read: async () => await document.read(),
        change: async (change) => {
          demandRoom(options.name);
          return await document.change(change);
        },
        mark: async () => await document.mark(),
        follow: (hear) => document.follow(hear),
      };
    },
    text: (name) => own.documents.text(name),
  };
  const queue: OpenQueueLog = async (hearer) => {
    const log = await own.queue(hearer);
    return {
      get isDue() {
        return log.isDue;
      },
      append: async (lines, by) => {
        demandRoom('queue');
        await log.append(lines, by);
      },
      replace: async (snapshot) => await log.replace(snapshot),
      catchUp: async () => await log.catchUp(),
      [Symbol.asyncDispose]: async () => await log[Symbol.asyncDispose](),
    };
  };
  const state: State = { ...own, documents, queue };
  const hosted = partsOf({ dataDir, state, askPassphrase: async () => await Promise.resolve(null) }, engines);
  const { connections, journals } = hosted;
  const [from, to] = [source('vc1'), destination('cloud')];
  await connections.put('source', from);
  await connections.put('destination', to);
  const request = { ...requestOf(1), source: from.id, destination: to.id };
  await journals.begin(request, never);
  const plans = await PlanFile.open(state.documents);
  const machine = { vm: request.vm, wave: 1, options: {}, migration: request.id };
  await plans.put({ ...planOf('first'), source: from.id, destination: to.id, machines: [machine] });

  const index = await MigrationIndex.open(engines, dataDir, never);
  const migrations = shelfOf(index);
  const parts = { ...hosted, migrations };
  const scheduler = await openScheduler(parts, {
    index,
    rates: new SharedRates(),
    nodes: () => [],
    onDetail: () => {},
  });
  const file = await HandoverFile.open(state.documents);
  return Object.assign(side, {
    giver: new Giver({ parts, scheduler, plans, file }),
    scheduler,
    migrations,
    [Symbol.asyncDispose]: async () => {
      await scheduler.stop(0);
      await index[Symbol.asyncDispose]();
      await engines[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  });
}

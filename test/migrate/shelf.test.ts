/** Migrations on disk: one process at a time works on one, a dead one holds nothing up, and nothing half-done is forgotten. */
import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import { DestinationId, SourceId } from '../../main/shared/connections.ts';
import { defaultOptions, MigrationId, type MigrationRequest } from '../../main/shared/migration.ts';
import { JournaledLedger } from '../../worker/engine/migrate/ledger.ts';
import { now, Shelf } from '../../worker/engine/migrate/shelf.ts';
import { scratch } from '../support/disks.ts';

const request = (id = 'mig_000000000001', createdAt = '2026-11-22T00:00:00.000Z'): MigrationRequest => ({
  id: MigrationId.parse(id),
  source: SourceId.parse('src_000000000001'),
  destination: DestinationId.parse('dst_000000000001'),
  vm: { ref: 'vm-1', name: 'web' },
  options: defaultOptions,
  createdAt,
});
const { id } = request();
const image = {
  key: 'image:2000',
  side: 'destination',
  kind: 'image',
  name: 'guts-mig_000000000001-disk-2000',
  facts: {},
} as const;

describe('a shelf', () => {
  test('tells of migrations, the newest first', async () => {
    using folder = scratch();
    const shelf = new Shelf(folder.dir);
    await shelf.put(request());
    await shelf.put(request('mig_000000000002', '2026-11-23T00:00:00.000Z'));

    const states = await shelf.all();

    expect(states.map(({ record }) => record.request.id)).toEqual(['mig_000000000002', 'mig_000000000001']);
    expect(states[0]?.record).toMatchObject({ stage: 'planned', isRunning: false, ledger: [], error: null });
  });

  test('knows what it does not know', async () => {
    using folder = scratch();

    await expect(new Shelf(folder.dir).take(id)).rejects.toMatchObject({ code: 'migration.unknown' });
  });

  test('is not held up by a lock that a power cut has torn, and forgets all that a dead process left', async () => {
    using folder = scratch();
    const shelf = new Shelf(folder.dir);
    await shelf.put(request());
    const there = (name: string): string => path.join(folder.dir, 'migrations', name);
    writeFileSync(there(`${id}.lock`), '');
    writeFileSync(there(`${id}.lock.1`), '');
    {
      await using _taken = await shelf.take(id);
    }

    await shelf.forget(id);

    expect(readdirSync(there('.'))).toEqual([]);
  });

  test('gives a migration to one at a time', async () => {
    using folder = scratch();
    const shelf = new Shelf(folder.dir);
    await shelf.put(request());
    {
      await using _taken = await shelf.take(id);

      await expect(new Shelf(folder.dir).take(id)).rejects.toMatchObject({ code: 'migration.busy' });
      expect((await shelf.one(id)).record.isRunning).toBe(true);
    }
    await using _again = await shelf.take(id);
  });

  test('takes a migration from a process that was killed, with all that its ledger names', async () => {
    using folder = scratch();
    const shelf = new Shelf(folder.dir);
    await shelf.put(request());
    const worker = path.resolve(import.meta.dirname, '../../worker');
    writeFileSync(
      folder.file('taker.ts'),
      `import { Shelf } from ${JSON.stringify(`${worker}/engine/migrate/shelf.ts`)};
       import { JournaledLedger } from ${JSON.stringify(`${worker}/engine/migrate/ledger.ts`)};
       const taken = await new Shelf(${JSON.stringify(folder.dir)}).take(${JSON.stringify(id)});
       const ledger = new JournaledLedger('guts-${id}', taken.journal, []);
       await ledger.make(${JSON.stringify(image)}, async () => ({ id: 'i-1' }));
       await ledger.make({ ...${JSON.stringify(image)}, key: 'image:2001' }, async () => {
         console.log('ready');
         await new Promise((resolve) => setTimeout(resolve, 60_000));
         return { id: 'i-2' };
       });`,
    );
    const child = spawn(process.execPath, [folder.file('taker.ts')], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    await expect(shelf.take(id)).rejects.toMatchObject({ code: 'migration.busy' });
    child.kill('SIGKILL');
    await once(child, 'exit');

    await using taken = await shelf.take(id);

    expect(taken.state.record.ledger).toEqual([
      { ...image, id: 'i-1' },
      { ...image, key: 'image:2001', id: null },
    ]);
  });

  test('hands a wish to cancel to the process that works on it', async () => {
    using folder = scratch();
    const shelf = new Shelf(folder.dir);
    await shelf.put(request());
    const taken = await shelf.take(id);
    const wishes = new EventEmitter();
    const wished = once(wishes, 'cancel');
    using _listening = shelf.onWish(id, (wish) => wishes.emit(wish));

    const cancelled = new Shelf(folder.dir).askElsewhere(id, 'cancel', AbortSignal.timeout(20_000));
    await wished;
    await taken.journal.write({ what: 'stage', stage: 'cancelled', at: now() });
    await taken[Symbol.asyncDispose]();

    expect((await cancelled).record).toMatchObject({ stage: 'cancelled', isRunning: false });
  });

  test('tells whoever wishes something that it was refused, and asks again what was left for later', async () => {
    using folder = scratch();
    const shelf = new Shelf(folder.dir);
    await shelf.put(request());
    await using taken = await shelf.take(id);
    let asked = 0;
    using _listening = shelf.onWish(id, () => (++asked < 3 ? null : false));

    const refused = await new Shelf(folder.dir).askElsewhere(id, 'pause', AbortSignal.timeout(20_000));

    expect(refused.record).toMatchObject({ stage: 'planned', isRunning: true });
    expect(asked).toBe(3);
    expect(taken.state.record.stage).toBe('planned');
  });

  test('forgets nothing that still has to be undone', async () => {
    using folder = scratch();
    const shelf = new Shelf(folder.dir);
    await shelf.put(request());
    {
      await using taken = await shelf.take(id);
      const ledger = new JournaledLedger(`guts-${id}`, taken.journal, []);
      await ledger.make(image, async () => ({ id: 'i-1' }));
      await taken.journal.write({ what: 'stage', stage: 'failed', at: now() });

      await expect(shelf.forget(id)).rejects.toMatchObject({ code: 'migration.unfinished' });
      await ledger.settle(image.key);
    }

    await shelf.forget(id);
    expect(await shelf.all()).toEqual([]);
  });
});

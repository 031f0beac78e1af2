/** Guts's own files on a disk that is full, or that may not be written: said clearly, and nothing is lost. */
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { DestinationId, SourceId } from '../../main/shared/connections.ts';
import { defaultOptions, MigrationId, type MigrationRequest } from '../../main/shared/migration.ts';
import { AppendLog, readAppendLog } from '../../main/store/append-log.ts';
import { ConnectionStore, newSourceId } from '../../main/store/connections.ts';
import { DataLock } from '../../main/store/data-lock.ts';
import { InventoryStore } from '../../main/store/inventory.ts';
import { Vault } from '../../main/vault/vault.ts';
import { Shelf } from '../../worker/engine/migrate/shelf.ts';
import { scratch } from '../support/disks.ts';
import { gutsWith } from '../support/guts.ts';
import { smallDisk, whyNoSmallDisk, type SmallDisk } from '../support/small-disk.ts';
import { page, smallInventory, source, vm, vmsOf } from './samples.ts';
import { inventoryLines } from '../../main/shared/inventory-lines.ts';

if (whyNoSmallDisk !== null) process.stdout.write(`small disks are left out: ${whyNoSmallDisk}\n`);

const full = { code: 'store.full', retryable: true, remedy: expect.stringContaining('Make room') };
const readOnly = { code: 'store.read-only', retryable: true, remedy: expect.stringContaining('writable') };
const Entry = z.object({ n: z.number(), text: z.string() });
const request: MigrationRequest = {
  id: MigrationId.parse('mig_000000000001'),
  source: SourceId.parse('src_000000000001'),
  destination: DestinationId.parse('dst_000000000001'),
  vm: { ref: 'vm-1', name: 'web' },
  options: defaultOptions,
  createdAt: '2026-11-22T00:00:00.000Z',
};

describe.skipIf(whyNoSmallDisk !== null)('on a disk', () => {
  let tmp: ReturnType<typeof scratch>;
  let disk: SmallDisk;
  beforeEach(() => {
    tmp = scratch();
    disk = smallDisk(tmp.dir);
  });
  afterEach(() => {
    disk[Symbol.dispose]();
    tmp[Symbol.dispose]();
  });
  const names = (folder: string): string[] => readdirSync(path.join(disk.dir, folder)).toSorted();
  const logOptions = () => ({
    file: path.join(disk.dir, 'queue.jsonl'),
    name: 'queue',
    schema: Entry,
    schemaVersion: 1,
  });
  const vaultOf = (): Vault =>
    new Vault({
      dataDir: disk.dir,
      askPassphrase: () => Promise.resolve('correct horse'),
      env: { GUTS_VAULT: 'file' },
    });

  test('that is full, documents stay as they were, and change again when there is room', async () => {
    const store = new ConnectionStore(disk.dir);
    await store.put('source', source('vc1'));
    await vaultOf().set('a', 'secret of a');
    disk.fill();

    await expect(store.put('source', source('vc2'))).rejects.toMatchObject(full);
    await expect(vaultOf().set('b', 'secret of b')).rejects.toMatchObject(full);
    await expect(DataLock.take(disk.dir)).rejects.toMatchObject(full);

    expect((await store.list('source')).map(({ name }) => name)).toEqual(['vc1']);
    expect(await vaultOf().get('a')).toBe('secret of a');
    disk.drain();
    expect(names('')).toEqual(['connections.json', 'lost+found', 'vault']);
    expect(names('vault')).toEqual(['vault.json']);
    await store.put('source', source('vc2'));
    expect(await store.list('source')).toHaveLength(2);
  });

  test('that fills up, a log has all that it acknowledged and nothing of what it refused', async () => {
    const log = await AppendLog.open(logOptions(), () => {});
    await log.append({ n: 0, text: '' });
    disk.fill();
    const entries = Array.from({ length: 100 }, (_, i) => ({ n: i + 1, text: 'x'.repeat(300 * (i % 5)) }));

    const outcomes: string[] = [];
    for (const entry of entries)
      outcomes.push(
        await log.append(entry).then(
          () => 'there',
          (error: { code: string }) => error.code,
        ),
      );
    await expect(log.replace(() => entries)).rejects.toMatchObject(full);
    disk.drain();
    await log.append({ n: 999, text: 'there is room again' });
    await log[Symbol.asyncDispose]();

    expect(new Set(outcomes)).toEqual(new Set(['there', 'store.full'])); // the file's last block had room
    const kept = (await readAppendLog(logOptions())).map(({ n }) => n);
    expect(kept).toEqual([0, ...entries.filter((_, i) => outcomes[i] === 'there').map(({ n }) => n), 999]);
    expect(names('')).toEqual(['lost+found', 'queue.jsonl']);
  });

  test('that fills up, a migration’s journal is whole, and it can be taken up again when there is room', async () => {
    const shelf = new Shelf(disk.dir);
    await shelf.put(request);
    const taken = await shelf.take(request.id);
    disk.fill();
    const write = async (): Promise<void> => {
      for (let i = 0; i < 1000; i++) await taken.journal.write({ what: 'dropped', keys: [] }); // the shortest line there is
    };

    await expect(write()).rejects.toMatchObject(full);
    await expect(taken.journal.write({ what: 'dropped', keys: ['y'.repeat(5000)] })).rejects.toMatchObject(full);
    await expect(shelf.put({ ...request, id: MigrationId.parse('mig_000000000002') })).rejects.toMatchObject(full);
    await expect(taken[Symbol.asyncDispose]()).rejects.toMatchObject(full);
    disk.drain();

    expect(names('migrations')).toEqual(['mig_000000000001.jsonl']);
    await using again = await shelf.take(request.id);
    expect(again.state.record.isRunning).toBe(true);
    expect(readFileSync(path.join(disk.dir, 'migrations/mig_000000000001.jsonl'), 'utf8')).not.toContain('yyy');
  });

  test('that fills up, the inventory before stays', async () => {
    const store = new InventoryStore(disk.dir);
    const id = newSourceId();
    {
      await using first = await store.writer(id);
      first.addLines(inventoryLines(smallInventory).text);
      await first.finish();
    }
    const read = async () => {
      await using writer = await store.writer(id);
      writer.addLines(
        inventoryLines(page({ vms: Array.from({ length: 5000 }, (_, i) => vm(`vm-${i}`, `server-${i}`)) })).text,
      );
      await writer.finish();
    };

    await expect(read()).rejects.toMatchObject(full);

    expect(vmsOf(await store.view(id))).toHaveLength(smallInventory.vms.length);
    expect(names('inventory')).toEqual([`${id}.ndjson`]);
  });

  test('that may not be written, everything can be read and nothing is promised', async () => {
    const store = new ConnectionStore(disk.dir);
    await store.put('source', source('vc1'));
    await vaultOf().set('a', 'secret of a');
    const log = await AppendLog.open(logOptions(), () => {});
    await log.append({ n: 1, text: '' });
    await log[Symbol.asyncDispose]();
    await new Shelf(disk.dir).put(request);
    disk.makeReadOnly();

    expect(await store.list('source')).toHaveLength(1);
    expect(await vaultOf().get('a')).toBe('secret of a');
    expect(await readAppendLog(logOptions())).toHaveLength(1);
    expect(await new Shelf(disk.dir).all()).toHaveLength(1);
    const second = { ...request, id: MigrationId.parse('mig_000000000002') };
    const refused: Readonly<Record<string, () => Promise<unknown>>> = {
      document: () => store.put('source', source('vc2')),
      secret: () => vaultOf().set('b', 'secret of b'),
      log: () => AppendLog.open(logOptions(), () => {}),
      inventory: () => new InventoryStore(disk.dir).writer(newSourceId()),
      folder: () => DataLock.take(disk.dir),
      newJournal: () => new Shelf(disk.dir).put(second),
      journal: () => new Shelf(disk.dir).take(request.id),
    };
    for (const [what, refusal] of Object.entries(refused))
      await expect(refusal(), what).rejects.toMatchObject(readOnly);
    disk.makeWritable();
    await store.put('source', source('vc2'));
  });

  test('that is full or may not be written, the command line says so', async () => {
    const env = { GUTS_DATA_DIR: disk.dir, GUTS_VAULT: 'memory' };
    const create = [
      'source',
      'create',
      'vc1',
      '--url',
      'vc.example.net',
      '--user',
      'u',
      '--no-test',
      '--password-stdin',
    ];
    disk.fill();
    const onFull = await gutsWith(env, 'a password', ...create);
    disk.drain();
    disk.makeReadOnly();
    const onReadOnly = await gutsWith(env, 'a password', ...create);

    expect(onFull).toMatchObject({ code: 1, stderr: expect.stringMatching(/store\.full: “[^”]+”[^]+Make room/) });
    expect(onReadOnly).toMatchObject({ code: 1, stderr: expect.stringMatching(/store\.read-only: [^]+writable/) });
  });
});

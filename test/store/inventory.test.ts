/** The kept inventory: written as it is told, read with a filter, good for a data centre. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { VmRow } from '../../main/shared/inventory-lines.ts';
import { Line, LINE_SHAPE } from '../../main/store/inventory-format.ts';
import { newSourceId } from '../../main/store/connections.ts';
import { CloudFactsStore } from '../../main/store/cloud-facts.ts';
import { InventoryStore } from '../../main/store/inventory.ts';
import { newDestinationId } from '../../main/store/connections.ts';
import { scratch } from '../support/disks.ts';
import { until } from '../support/until.ts';
import { page, smallInventory, thingsOf, vm, vmsOf } from './samples.ts';
import { inventoryLines } from '../../main/shared/inventory-lines.ts';

describe('an inventory', () => {
  test('comes back as it was told, in its order', async () => {
    using tmp = scratch();
    const store = new InventoryStore(tmp.dir);
    const id = newSourceId();
    await using writer = await store.writer(id);
    writer.addLines(inventoryLines(smallInventory).text);
    await writer.finish();

    const view = await store.view(id);

    expect(vmsOf(view)).toEqual(smallInventory.vms);
    expect(thingsOf(view).map(({ kind }) => kind)).toContain('datastore');
    expect(await store.view(newSourceId())).toBeNull();
  });

  test('tells what is true last: changed things once, gone ones not at all', async () => {
    using tmp = scratch();
    const store = new InventoryStore(tmp.dir);
    const id = newSourceId();
    await using writer = await store.writer(id);
    writer.addLines(inventoryLines(page({ vms: [vm('vm-1', 'a'), vm('vm-2', 'b'), vm('vm-3', 'c')] })).text);
    writer.addLines(inventoryLines(page({ vms: [vm('vm-1', 'a', { power: 'off' })], gone: ['vm-2'] })).text);
    await writer.finish();

    const names = async (power: string) =>
      vmsOf(await store.view(id)).flatMap((one) => (one.power === power ? [one.name] : []));

    expect(await names('on')).toEqual(['c']);
    expect(await names('off')).toEqual(['a']);
  });

  test('has the tags that are told behind its machines, also of one that is told again', async () => {
    using tmp = scratch();
    const store = new InventoryStore(tmp.dir);
    const id = newSourceId();
    await using writer = await store.writer(id);
    writer.addLines(
      inventoryLines(page({ vms: [vm('vm-1', 'a', { tags: ['own'] }), vm('vm-2', 'b'), vm('vm-3', 'c')] })).text,
    );
    writer.addLines(inventoryLines(page({ tagged: [{ ref: 'vm-1', tags: ['Wave:1', 'own'] }, { ref: 'vm-2', tags: ['Wave:2'] }] })).text); // prettier-ignore
    writer.addLines(inventoryLines(page({ vms: [vm('vm-2', 'b', { power: 'off' })], gone: ['vm-3'] })).text);
    await writer.finish();

    expect(vmsOf(await store.view(id))).toMatchObject([
      { name: 'a', tags: ['own', 'Wave:1'] },
      { name: 'b', power: 'off', tags: ['Wave:2'] },
    ]);
  });

  test('that breaks off leaves the one before', async () => {
    using tmp = scratch();
    const store = new InventoryStore(tmp.dir);
    const id = newSourceId();
    {
      await using first = await store.writer(id);
      first.addLines(inventoryLines(smallInventory).text);
      await first.finish();
    }
    {
      await using second = await store.writer(id);
      second.addLines(inventoryLines(page({ vms: [vm('vm-99', 'new')] })).text);
    }

    expect(vmsOf(await store.view(id))).toHaveLength(smallInventory.vms.length);
    expect(readdirSync(tmp.file('inventory'))).toEqual([`${id}.ndjson`]);
  });

  test('that was cut or scribbled on is refused, with the line', async () => {
    using tmp = scratch();
    const store = new InventoryStore(tmp.dir);
    const id = newSourceId();
    await using writer = await store.writer(id);
    writer.addLines(inventoryLines(smallInventory).text);
    await writer.finish();
    const file = tmp.file(`inventory/${id}.ndjson`);
    const lines = readFileSync(file, 'utf8').split('\n');

    const broken = [
      lines.slice(0, 4).join('\n'),
      lines.with(2, '{"vm":{"ref":"vm-1"}}').join('\n'),
      lines.with(3, 'garbage').join('\n'),
      '',
    ];
    for (const text of broken) {
      writeFileSync(file, text);
      await expect(store.view(id)).rejects.toMatchObject({
        code: 'store.damaged',
        message: expect.stringMatching(/Line \d/),
        remedy: expect.stringContaining('guts source refresh'),
      });
    }
  });

  test('of an older Guts, which did not vouch for it, is looked at line by line', async () => {
    using tmp = scratch();
    const store = new InventoryStore(tmp.dir);
    const id = newSourceId();
    await using writer = await store.writer(id);
    writer.addLines(inventoryLines(smallInventory).text);
    await writer.finish();
    const file = tmp.file(`inventory/${id}.ndjson`);
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');

    for (const end of ['{"end":true}', lines.at(-1)?.replace(/"shape":"\w+"/, '"shape":"another"') ?? '']) {
      writeFileSync(file, [...lines.slice(0, -1), end, ''].join('\n'));
      expect(thingsOf(await new InventoryStore(tmp.dir).view(id))).toEqual(thingsOf(await store.view(id)));
      writeFileSync(file, [...lines.slice(0, -1), end, ''].join('\n').replaceAll('"cpus":2', '"cpus":"two"'));
      await expect(new InventoryStore(tmp.dir).view(id)).rejects.toMatchObject({ code: 'store.damaged' });
    }
  });

  test('is believed only where its words are those of this Guts: what they are is written down anew when they change', () => {
    const words = createHash('sha256')
      .update(JSON.stringify([VmRow, Line].map((words) => z.toJSONSchema(words))))
      .digest('hex');

    expect(LINE_SHAPE).toBe(words.slice(0, 16));
  });

  test('once looked at stays in memory, by name as people count, until it is another', async () => {
    using tmp = scratch();
    const store = new InventoryStore(tmp.dir);
    const other = new InventoryStore(tmp.dir);
    const id = newSourceId();
    const write = async (by: InventoryStore, ...names: string[]): Promise<void> => {
      await using writer = await by.writer(id);
      writer.addLines(inventoryLines(page({ vms: names.map((name) => vm(`vm-${name}`, name)) })).text);
      await writer.finish();
    };
    const names = async (): Promise<string[] | undefined> => (await store.view(id))?.rows.map(({ name }) => name);
    expect(await store.view(id)).toBeNull();
    expect(await store.takenAt(id)).toBeNull();

    await write(store, 'web-10', 'web-9', 'db');
    const view = await store.view(id);
    expect(view?.rows.map(({ name }) => name)).toEqual(['db', 'web-9', 'web-10']);
    expect(view?.told.map(({ name }) => name)).toEqual(['web-10', 'web-9', 'db']);
    expect(await store.view(id)).toBe(view);
    expect(await other.takenAt(id)).toBe(view?.takenAt);
    await write(store, 'web-1');
    expect(await names()).toEqual(['web-1']);

    await write(other, 'web-2'); // another process: what was true before is told until the new is in memory
    await until(names, (now) => now?.join() === 'web-2');
    await other.remove(id);
    expect(await names()).toBeUndefined();
  });

  test('of 10,000 machines is written and searched in seconds', async () => {
    using tmp = scratch();
    const store = new InventoryStore(tmp.dir);
    const id = newSourceId();
    await using writer = await store.writer(id);
    for (let i = 0; i < 10_000; i += 250)
      writer.addLines(
        inventoryLines(page({ vms: Array.from({ length: 250 }, (_, j) => vm(`vm-${i + j}`, `server-${i + j}`)) })).text,
      );
    await writer.finish();
    expect(statSync(tmp.file(`inventory/${id}.ndjson`)).size).toBeGreaterThan(10_000_000);

    const found = vmsOf(await store.view(id)).filter(({ name }) => name.endsWith('99'));

    expect(found).toHaveLength(100);
  });
});

test('what a cloud has is kept with the time at which it was so', async () => {
  using tmp = scratch();
  const store = new CloudFactsStore(tmp.dir);
  const id = newDestinationId();
  const none = { limit: null, used: 0 };
  const facts = {
    project: { id: 'p1', name: 'demo' },
    flavors: [],
    networks: [],
    securityGroups: [],
    keyPairs: [],
    availabilityZones: ['nova'],
    serverGroups: [],
    volumeTypes: [],
    hasVolumes: false,
    imageFormats: ['qcow2', 'raw'],
    quotas: {
      instances: none,
      cores: none,
      memoryMiB: none,
      ports: none,
      floatingIps: none,
      volumes: none,
      volumeGiB: none,
    },
    serverNames: [],
    ports: [],
    mayCreateFlavors: false,
  };
  expect(await store.read(id)).toBeNull();

  const { takenAt } = await store.write(id, facts);

  expect(await new CloudFactsStore(tmp.dir).read(id)).toMatchObject({ takenAt, facts });
  await store.remove(id);
  expect(await store.read(id)).toBeNull();
});

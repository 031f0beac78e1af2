/** Machines as lines of a table: what they say, in pages, without reading the rest of any. */
import { expect, test } from 'vitest';
import { EnginePool } from '../../main/engine-pool.ts';
import { EventHub } from '../../main/events.ts';
import { resourceHandlers } from '../../main/operations/resources.ts';
import type { ParsedOf } from '../../main/shared/operations.ts';
import { InstanceRow } from '../../main/shared/operations.ts';
import { inventoryLines } from '../../main/shared/inventory-lines.ts';
import { SignIns } from '../../main/sign-ins.ts';
import { ConnectionStore } from '../../main/store/connections.ts';
import { InventoryStore } from '../../main/store/inventory.ts';
import { Vault } from '../../main/vault/vault.ts';
import { page, smallInventory, smallTags, source, vm } from '../store/samples.ts';
import { scratch } from '../support/disks.ts';
import { owner } from './small-host.ts';

const context = { caller: owner, signal: new AbortController().signal };

async function twoSources(dataDir: string) {
  const connections = new ConnectionStore(dataDir);
  const inventories = new InventoryStore(dataDir);
  const [vc1, vc2] = [source('vc1'), source('vc2')];
  const [disk] = vm('x', 'x').disks;
  const disks = disk === undefined ? [] : [disk, { ...disk, key: '2001', sizeBytes: 5, storedBytes: 3 }];
  const big = vm('vm-1', 'big', {
    disks: disks.map((one) => ({ ...one, storedBytes: 3 })),
    snapshots: [{ ref: 's-1', name: 'before', createdAt: '2026-03-01T10:00:00Z', depth: 0 }],
    instanceUuid: '5021-a',
    guestOsName: null,
  });
  for (const [{ id }, parts] of [
    [vc1, [smallInventory, smallTags]],
    [vc2, [page({ vms: [big, vm('vm-2', 'odd', { disks, host: 'host-9' })] })]],
  ] as const) {
    await using writer = await inventories.writer(id);
    for (const part of parts) writer.addLines(inventoryLines(part).text);
    await writer.finish();
  }
  await connections.put('source', vc1);
  await connections.put('source', vc2);
  const vault = new Vault({ dataDir, askPassphrase: () => Promise.resolve(null), env: { GUTS_VAULT: 'memory' } });
  const parts = {
    connections,
    inventories,
    engines: new EnginePool(1),
    events: new EventHub(),
    signIns: new SignIns(connections, vault),
  };
  const list = resourceHandlers(parts)['instances.rows'];
  const ask = async (input: Partial<ParsedOf<'instances.rows'>> = {}) => await list({ limit: 100, ...input }, context);
  return { ask, vc1, vc2 };
}

test('rows say what a table shows, with the names of host and datastores', async () => {
  using tmp = scratch();
  const { ask, vc1, vc2 } = await twoSources(tmp.dir);

  const { rows, next } = await ask();

  expect(next).toBeNull();
  expect(rows.map(({ source: from, name }) => `${from === vc1.id ? 'vc1' : 'vc2'} ${name}`)).toEqual([
    'vc1 evil\u001b[2J\nname',
    'vc1 golden',
    'vc1 twin',
    'vc1 twin',
    'vc1 web-01',
    'vc1 web-02',
    'vc2 big',
    'vc2 odd',
  ]);
  const [web] = rows.filter(({ name }) => name === 'web-01');
  expect(InstanceRow.parse(web)).toEqual({
    source: vc1.id,
    ref: 'vm-11',
    name: 'web-01',
    power: 'on',
    os: 'Debian GNU/Linux 12 (64-bit)',
    folder: 'DC0/vm/prod',
    datacenter: 'DC0',
    cluster: 'C0',
    host: 'esx1.example.net',
    datastores: ['ds1'],
    networks: ['VM Network'],
    tags: ['Environment:production', 'Wave:1'],
    isTemplate: false,
    cpus: 2,
    memoryBytes: 4 * 2 ** 30,
    disks: 1,
    diskBytes: 20 * 2 ** 30,
    usedBytes: null,
    nics: 1,
    firmware: 'bios',
    tools: 'running',
    isToolsOld: false,
    changeTracking: false,
    snapshots: 0,
    uuids: [],
  });
  expect(rows.filter(({ source: from }) => from === vc2.id)).toMatchObject([
    { os: 'debian12_64Guest', usedBytes: 6, snapshots: 1, disks: 2, uuids: ['5021-a'], datastores: ['datastore-1'] },
    { usedBytes: null, diskBytes: 20 * 2 ** 30 + 5, host: '' },
  ]);
});

test('they come in pages, and only those that are asked for', async () => {
  using tmp = scratch();
  const { ask, vc2 } = await twoSources(tmp.dir);

  const first = await ask({ limit: 7 });
  const second = await ask({ limit: 7, marker: first.next ?? 'none' });

  expect([first.rows.length, second.rows.length, second.next]).toEqual([7, 1, null]);
  expect((await ask({ source: vc2.id, name: 'b*' })).rows.map(({ name }) => name)).toEqual(['big']);
  expect((await ask({ power: 'off' })).rows.map(({ name }) => name)).toEqual(['golden', 'web-02']);
});

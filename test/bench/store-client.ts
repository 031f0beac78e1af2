/** What the store costs its process, in a folder that is named: run by store.ts as the product's own Node runs it. */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { z } from 'zod';
import { EnginePool } from '../../main/engine-pool.ts';
import { EventHub } from '../../main/events.ts';
import { moreFileThreads } from '../../main/file-threads.ts';
import { resourceHandlers } from '../../main/operations/resources.ts';
import { SignIns } from '../../main/sign-ins.ts';
import { inventoryLines } from '../../main/shared/inventory-lines.ts';
import { MigrationId } from '../../main/shared/migration.ts';
import { AppendLog } from '../../main/store/append-log.ts';
import { ConnectionStore } from '../../main/store/connections.ts';
import { InventoryStore } from '../../main/store/inventory.ts';
import { MigrationIndex } from '../../main/store/migrations.ts';
import { Vault } from '../../main/vault/vault.ts';
import { JournalFile } from '../../worker/engine/journal-file.ts';
import { MoveEntry } from '../../worker/engine/migrate/journal.ts';
import { goodParts, goodRecord, goodVm } from '../reports/sample.ts';
import { page, source, vm } from '../store/samples.ts';
import { blockOf, type Block } from './thread-block.ts';

moreFileThreads(); // as the daemon does
const VMS = 10_000;
const MIGRATIONS = 1000;
const TRANSITIONS = 1000;
const AT_ONCE = 50;
const LISTS = 300;
const PAGE_VMS = 200;

/** In the thread that it holds, or how long one of many takes. */
export interface StoreCosts {
  readonly blocks: Readonly<Record<string, Block>>;
  /** Milliseconds, each sorted. */
  readonly takes: Readonly<Record<string, readonly number[]>>;
}

const dataDir = path.resolve(process.argv[2] ?? '');
const idOf = (number: number): MigrationId => MigrationId.parse(`mig_${number.toString(36).padStart(12, '0')}`);
const blocks: Record<string, Block> = {};
const takes: Record<string, number[]> = {};

/** How long each of many takes, so many at a time. */
async function timed(
  name: string,
  count: number,
  atOnce: number,
  one: (number: number) => Promise<unknown>,
): Promise<void> {
  const all: number[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      const number = next++;
      const beganMs = performance.now();
      await one(number);
      all.push(performance.now() - beganMs);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  takes[name] = all.sort((a, b) => a - b);
}

const stageEntry = (): MoveEntry => ({ what: 'stage', stage: 'copying', at: new Date().toISOString() });

async function transitions(): Promise<void> {
  const folder = path.join(dataDir, 'transitions');
  const { request } = goodRecord();
  const journals = await Promise.all(
    Array.from({ length: AT_ONCE }, async (_, i) =>
      JournalFile.create<MoveEntry>(folder, idOf(i), { what: 'begun', request }),
    ),
  );
  const [first] = journals;
  await timed(
    'one migration, a stage after the other',
    TRANSITIONS / 5,
    1,
    async () => await first?.write(stageEntry()),
  );
  await timed(`${AT_ONCE} migrations at once`, TRANSITIONS, AT_ONCE, async (i) => {
    await journals[i % AT_ONCE]?.write(stageEntry());
  });
  for (const journal of journals) await journal[Symbol.asyncDispose]();
  const Entry = z.object({ id: z.string(), at: z.string(), text: z.string() });
  const options = { file: path.join(dataDir, 'queue.jsonl'), name: 'queue', schema: Entry, schemaVersion: 1 };
  const log = await AppendLog.open(options, () => {});
  await timed(`the queue, ${AT_ONCE} wishes at once`, TRANSITIONS, AT_ONCE, async (i) => {
    await log.append({ id: idOf(i), at: new Date().toISOString(), text: 'x'.repeat(200) });
  });
  await log[Symbol.asyncDispose]();
}

/** A thousand journals of moves that went well. */
function writeJournals(): void {
  const folder = path.join(dataDir, 'migrations');
  mkdirSync(folder, { recursive: true });
  const { request, stages, plan, findings, disks, outcome, ledger } = goodRecord();
  const { source, destination } = goodParts();
  if (source.about === null || destination.about === null || outcome === null) throw new Error('The sample is whole.');
  const about = { source: source.about, destination: destination.about };
  const rest = MoveEntry.array().parse([
    { what: 'planned', vm: goodVm(), plan, findings, about },
    ...ledger.map((item) => ({ what: 'making', item })),
    ...disks.map((disk) => ({ what: 'copied', disk, snapshot: null })),
    { what: 'outcome', outcome },
    ...stages.slice(1).map(({ stage, at }) => ({ what: 'stage', stage, at })),
  ]);
  for (let i = 0; i < MIGRATIONS; i++) {
    const begun: MoveEntry = { what: 'begun', request: { ...request, id: idOf(i) } };
    const lines = [begun, ...rest].map((entry) => {
      const text = JSON.stringify(entry);
      return `${createHash('sha256').update(text).digest('hex').slice(0, 16)} ${text}\n`;
    });
    writeFileSync(path.join(folder, `${idOf(i)}.jsonl`), lines.join(''));
  }
}

async function migrations(): Promise<void> {
  writeJournals();
  await using engines = new EnginePool(1);
  await engines.run({ kind: 'migrations', dataDir, id: idOf(0) }, new AbortController().signal); // it is awake
  let index: MigrationIndex | undefined;
  blocks[`${MIGRATIONS} migrations are loaded`] = await blockOf(async () => {
    index = await MigrationIndex.open(engines, dataDir, new AbortController().signal);
  });
  await using all = index;
  if (all?.all().length !== MIGRATIONS) throw new Error('some migrations are missing');
  blocks['100 of them change, one after the other'] = await blockOf(async () => {
    for (let i = 0; i < 100; i++) await all.refresh(idOf(i * 7));
  });
  blocks['they are listed and filtered'] = await blockOf(async () => {
    for (let i = 0; i < LISTS; i++) {
      const done = all.all().filter(({ stage, request }) => stage === 'done' && request.vm.name.includes('shop'));
      if (done.length !== MIGRATIONS) throw new Error('the list is not whole');
      await new Promise((resolve) => setImmediate(resolve));
    }
  });
}

async function inventories(): Promise<void> {
  const connections = new ConnectionStore(dataDir);
  const vc = source('vc1');
  await connections.put('source', vc);
  const inventories = new InventoryStore(dataDir);
  // As they come from the engine: text, some milliseconds apart.
  const pages = Array.from({ length: VMS / PAGE_VMS }, (_, i) => inventoryLines(page({ vms: machines(i * PAGE_VMS) })));
  blocks[`${VMS} machines are written`] = await blockOf(async () => {
    await using writer = await inventories.writer(vc.id);
    for (const { text } of pages) {
      writer.addLines(text);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await writer.finish();
  });
  pages.length = 0; // nobody holds them in a daemon
  blocks[`${VMS} machines are loaded`] = await blockOf(async () => await inventories.view(vc.id));
  const vault = new Vault({ dataDir, askPassphrase: () => Promise.resolve(null), env: { GUTS_VAULT: 'memory' } });
  await using engines = new EnginePool(1);
  const events = new EventHub();
  const parts = { connections, inventories, engines, events, signIns: new SignIns(connections, vault) };
  const list = resourceHandlers(parts)['instances.list'];
  const context = {
    caller: { name: 'bench', role: 'admin', project: null },
    signal: new AbortController().signal,
  } as const;
  blocks['they are listed, a hundred at a time'] = await blockOf(async () => {
    await timed('a list of 100 of 10,000 machines by patterns', LISTS, 1, async () => {
      const { instances } = await list({ name: '*7', os: '*debian*', limit: 100 }, context);
      if (instances.length !== 100) throw new Error('the list is not whole');
    });
  });
}

const machines = (from: number) =>
  Array.from({ length: PAGE_VMS }, (_, i) =>
    vm(`vm-${from + i}`, `server-${from + i}`, severalDisks(`server-${from + i}`)),
  );

function severalDisks(name: string) {
  const { disks, nics } = vm('vm', name);
  return {
    disks: [0, 1, 2].flatMap((key) => disks.map((disk) => ({ ...disk, key: String(2000 + key) }))),
    nics: [0, 1].flatMap((key) => nics.map((nic) => ({ ...nic, key: String(4000 + key) }))),
  };
}

async function main(): Promise<void> {
  blocks['nothing is done'] = await blockOf(async () => await new Promise((resolve) => setTimeout(resolve, 1000)));
  await transitions();
  await inventories();
  await migrations();
  process.stdout.write(JSON.stringify({ blocks, takes } satisfies StoreCosts));
}

void main();

/** What a state promises wherever it is kept: told of files, of SQLite, and of the databases that servers share. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AuditLog } from '../../main/access/audit-log.ts';
import { TokenStore } from '../../main/access/token-store.ts';
import { EnginePool } from '../../main/engine-pool.ts';
import { apply, type QueueEntry, type QueueLine } from '../../main/scheduler/entries.ts';
import { PlanFile, newPlanId } from '../../main/scheduler/plan-file.ts';
import { QueueFile } from '../../main/scheduler/queue-file.ts';
import { SettingsFile } from '../../main/scheduler/settings-file.ts';
import type { AuditEntry } from '../../main/shared/access.ts';
import { defaultOptions, type MigrationId, type MigrationRequest } from '../../main/shared/migration.ts';
import { defaultSchedule } from '../../main/shared/schedule.ts';
import type { OpenedState } from '../../main/state.ts';
import { ConnectionStore } from '../../main/store/connections.ts';
import { dst, mig, src, use } from '../scheduler/samples.ts';
import { destination, source } from './samples.ts';

/** Where a state is kept; each story has one for itself. */
export interface StatePlace extends AsyncDisposable {
  /** As a server that starts: one that was opened before under the same name is gone. */
  open(server?: string): Promise<OpenedServer>;
}

export interface OpenedServer extends OpenedState {
  /** Its own folder. */
  readonly dataDir: string;
}

export const at = '2026-06-01T10:00:00.000Z';
export const scheduled = (name: string | number): QueueLine => ({
  what: 'scheduled',
  id: mig(name),
  schedule: defaultSchedule,
  at,
});
export const wished = (name: string | number, number: number): QueueLine => ({
  what: 'wished',
  id: mig(name),
  wish: 'run',
  number,
  at,
});
export const measured = (name: string | number): QueueLine => ({ what: 'measured', id: mig(name), use: use(), at });

/** Leads from now on. */
export async function lead(state: OpenedState): Promise<void> {
  await state.leadership?.begin({ lead: async () => {}, rest: async () => {} });
}

export const requestOf = (number: number): MigrationRequest => ({
  id: mig(number),
  source: src('vc'),
  destination: dst('cloud'),
  vm: { ref: `vm-${number}`, name: `server-${number}` },
  options: defaultOptions,
  createdAt: '2026-06-01T09:00:00.000Z',
});

export const entry = (what: string) => ({ who: 'ada', what, about: { id: 'mig_000000000001' }, result: 'done' });

export async function auditOf(log: AuditLog): Promise<AuditEntry[]> {
  const entries = [];
  for await (const one of log.entries({})) entries.push(one);
  return entries;
}

const foldOf = (lines: readonly QueueLine[]): QueueEntry[] => {
  const entries = new Map<MigrationId, QueueEntry>();
  for (const line of lines) apply(entries, line);
  return [...entries.values()];
};

const never = new AbortController().signal;

/** @param make a place that is empty */
export function tellStateStories(make: () => Promise<StatePlace>): void {
  let engines: EnginePool;
  beforeAll(() => {
    engines = new EnginePool(1);
  });
  afterAll(async () => await engines[Symbol.asyncDispose]());

  test('connections, plans, settings and tokens are there for the next process', async () => {
    await using place = await make();
    const plan = planOf('first');
    let token = '';
    {
      await using state = await place.open();
      const connections = new ConnectionStore(state.documents);
      await connections.put('source', source('vc1'));
      await connections.put('destination', destination('cloud'));
      await (await PlanFile.open(state.documents)).put(plan);
      await (await SettingsFile.open(state.documents)).change({ preflights: 7 });
      ({ token } = await new TokenStore(state.documents).create('ci', 'operator', null));
    }

    await using state = await place.open();

    const connections = new ConnectionStore(state.documents);
    expect((await connections.list('source')).map(({ name }) => name)).toEqual(['vc1']);
    expect((await connections.list('destination')).map(({ name }) => name)).toEqual(['cloud']);
    expect((await PlanFile.open(state.documents)).plans).toEqual([plan]);
    expect((await SettingsFile.open(state.documents)).settings.preflights).toBe(7);
    const tokens = new TokenStore(state.documents);
    expect(await tokens.find(token)).toMatchObject({ name: 'ci', role: 'operator' });
    await tokens.delete((await tokens.list())[0]?.id ?? ('' as never));
    expect(await tokens.find(token)).toBeNull();
  });

  test('a change that is refused changes nothing, and many at once are all kept', async () => {
    await using place = await make();
    await using state = await place.open();
    const connections = new ConnectionStore(state.documents);
    await connections.put('source', source('vc1'));

    await expect(connections.put('source', source('VC1'))).rejects.toMatchObject({ code: 'connection.name-taken' });
    await Promise.all(Array.from({ length: 20 }, async (_, i) => await connections.put('source', source(`more-${i}`))));

    expect(await connections.list('source')).toHaveLength(21);
  });

  test('what nobody has written by hand is not there', async () => {
    await using place = await make();
    await using state = await place.open();

    expect(await state.documents.text('policy.json').read()).toBeNull();
    expect(await state.documents.text('policy.json').mark()).toBe('none');
  });

  test('the queue is there again for the next process, and goes on', async () => {
    await using place = await make();
    const lines = Array.from({ length: 300 }, (_, i) => [scheduled(i), wished(i, i + 1)]).flat();
    {
      await using state = await place.open();
      await using queue = await QueueFile.open(state.queue);
      await lead(state);
      await Promise.all(lines.map(async (line) => await queue.ask(line)));
      await queue.write(measured(7), { what: 'forgotten', id: mig(8), at });
    }
    const known = [...lines, measured(7), { what: 'forgotten', id: mig(8), at } as const];

    await using state = await place.open();
    await using queue = await QueueFile.open(state.queue);

    expect([...queue.entries.values()]).toEqual(foldOf(known));
    await queue.ask(scheduled('later'));
    expect([...queue.entries.values()]).toEqual(foldOf([...known, scheduled('later')]));
  });

  test('the audit log goes on with the next number, and is read newest first', async () => {
    await using place = await make();
    for (let start = 0; start < 2; start++) {
      await using state = await place.open();
      await using log = await AuditLog.open(state.audit);
      await Promise.all(Array.from({ length: 10 }, async (_, i) => await log.write(entry(`sources.create-${i}`))));
    }

    await using state = await place.open();
    const heard: number[] = [];
    await using log = await AuditLog.open(state.audit, ({ number }) => heard.push(number));

    const numbers = (await auditOf(log)).map(({ number }) => number);
    expect(numbers).toEqual(Array.from({ length: 20 }, (_, i) => 20 - i));
    expect(heard).toEqual(numbers.toReversed());
  });

  test('a journal begins with its request, takes the lines of a node in their order, each once, and goes', async () => {
    await using place = await make();
    await using state = await place.open();
    await lead(state);
    const journals = state.journals(engines);
    const request = requestOf(1);
    const by = (number: number) => ({ node: 'w1', token: 1, number });
    const stage = { what: 'stage', stage: 'preflight', at };

    const record = await journals.begin(request, never);
    expect(record).toMatchObject({ stage: 'planned', request });
    expect((await journals.begin({ ...request, createdAt: at }, never)).request).toEqual(request);
    expect(await journals.keep(request.id, stage, by(2))).toBe(1); // the one before is missing
    expect(await journals.keep(request.id, stage, by(1))).toBe(2);
    expect(await journals.keep(request.id, stage, by(1))).toBe(2); // its answer was lost

    const { dataDir } = state;
    const [now] = await engines.run({ kind: 'migrations', dataDir, id: request.id }, never);
    expect(now?.stage).toBe('preflight');
    await expect(journals.remove(request.id, never)).rejects.toMatchObject({ code: 'migration.unfinished' });
    const other = requestOf(2);
    await journals.begin(other, never);
    await journals.remove(other.id, never);
    expect((await engines.run({ kind: 'migrations', dataDir, id: null }, never)).map((one) => one.request.id)).toEqual([
      request.id,
    ]);
  });
}

export const planOf = (name: string) => ({
  id: newPlanId(),
  name,
  source: source('vc1').id,
  destination: destination('cloud').id,
  options: {},
  window: null,
  notBefore: null,
  priority: 0,
  waves: [],
  machines: [],
  createdAt: at,
  startedAt: null,
});

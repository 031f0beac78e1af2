/** The scheduler with the real engine: machines of a simulated vCenter go to a simulated cloud, one after another. */
import { expect, test, vi } from 'vitest';
import { hostname } from 'node:os';
import type { Worker } from 'node:worker_threads';
import { recordText } from '../../main/cli/migration-text.ts';
import { isOver } from '../../main/shared/stages.ts';
import { defaultSettings, type ScheduledMigration } from '../../main/shared/schedule.ts';
import { MiB } from '../support/disks.ts';
import { until } from '../support/until.ts';
import { RealWorld } from './real-world.ts';

vi.setConfig({ testTimeout: 600_000 });

const isAtItsEnd = ({ stage, isRunning }: ScheduledMigration): boolean => isOver(stage) && !isRunning;
const network = { from: null, to: 'lan', ip: 'auto' } as const;
const one = { slots: { ...defaultSettings.slots, global: 1 } };
const heldUpload = {
  where: 'image',
  kind: 'stall',
  match: '^PUT .*/file',
  afterBytes: 100_000,
  delayMs: 600_000,
} as const;
const most = (otherwise: number | null) => ({
  bandwidth: { ...defaultSettings.bandwidth, global: { otherwise, table: [] } },
});

test('a plan of three machines in two waves goes through one slot, and each of them arrives', async () => {
  await using world = await RealWorld.make(3);
  await world.ask('settings.change', one);
  const plan = await world.ask('plans.create', {
    name: 'first',
    source: 'lab',
    destination: 'cloud',
    options: { networks: [network], bootTimeoutSeconds: 0 },
    machines: [{ vm: 'vm-0', wave: 2 }, { vm: 'vm-1' }, { vm: 'vm-2' }],
  });

  const { results, plan: started } = await world.ask('plans.start', { plan: 'FIRST' });
  const ids = started.machines.flatMap(({ migration }) => migration ?? []);
  const again = await world.ask('plans.start', { plan: plan.id });
  const records = await Promise.all(ids.map((id) => world.whenIt(id, isAtItsEnd)));

  expect(results.map(({ error }) => error)).toEqual([null, null, null]);
  expect(again.results).toEqual([]);
  expect(again.plan.machines).toEqual(started.machines);
  expect(records.map(({ stage, error }) => [stage, error])).toEqual([
    ['done', null],
    ['done', null],
    ['done', null],
  ]);
  expect(
    world.cloud
      .state()
      .servers.map(({ name, status }) => [name, status])
      .sort(),
  ).toEqual([
    ['vm-0', 'ACTIVE'],
    ['vm-1', 'ACTIVE'],
    ['vm-2', 'ACTIVE'],
  ]);
  const journal = await world.journal();
  const said = journal.flatMap((line) => (line.what === 'admitted' || line.what === 'released' ? [line] : []));
  expect(said.map(({ what }) => what)).toEqual([
    'admitted',
    'released',
    'admitted',
    'released',
    'admitted',
    'released',
  ]);
  expect(said.at(-1)?.id).toBe(ids[0]);
  expect(journal.find(({ what }) => what === 'measured')).toMatchObject({
    use: { host: expect.stringMatching(/^host-/), datastores: [expect.stringMatching(/^datastore-/)], disks: 1 },
  });
  expect(said[0]).toMatchObject({ placement: { node: 'here', reason: expect.stringContaining('only node') } });
});

test('one that runs can be paused and resumed, and one that waits can be cancelled', async () => {
  await using world = await RealWorld.make(2);
  await world.ask('settings.change', one);
  const wish = {
    source: 'lab',
    destination: 'cloud',
    options: { networks: [network], bootTimeoutSeconds: 0 },
    start: true,
  };
  // Until it is paused: what comes meanwhile may take as long as it likes.
  world.cloud.faults.add(heldUpload);
  const first = await world.ask('migrations.create', { ...wish, vm: 'vm-0' });
  const id = first.request.id;
  await world.whenIt(id, ({ stage }) => stage === 'copying');
  const { request } = await world.ask('migrations.create', { ...wish, vm: 'vm-1', schedule: { priority: 3 } });
  await world.whenIt(request.id, ({ stage }) => stage === 'queued');

  await world.ask('migrations.action', { id: request.id, action: 'cancel' });
  await world.whenIt(request.id, ({ stage }) => stage === 'cancelled');
  await world.ask('migrations.action', { id, action: 'pause' });
  await world.whenIt(id, ({ stage, isRunning }) => stage === 'paused' && !isRunning);
  expect(await world.ask('migrations.show', { id })).toMatchObject({ isQueued: false });
  await world.ask('migrations.action', { id, action: 'resume' });

  expect(await world.whenIt(id, isAtItsEnd)).toMatchObject({ stage: 'done', error: null });
});

/** The process and its scheduler go on: who holds a migration by its number holds it for ever. */
test.each([
  ['start', 'done'],
  ['cancel', 'cancelled'],
] as const)('one whose engine has died is nobody’s: to %s it is for another engine', async (action, end) => {
  const engines: Worker[] = [];
  const meet = (engine: Worker): void => void engines.push(engine);
  process.on('worker', meet);
  await using world = await RealWorld.make(1);
  world.cloud.faults.add(heldUpload);
  const { request } = await world.ask('migrations.create', {
    source: 'lab',
    destination: 'cloud',
    vm: 'vm-0',
    options: { networks: [network], bootTimeoutSeconds: 0 },
    start: true,
  });
  const { id } = request;
  await world.hasMet(world.cloud.faults);

  process.off('worker', meet);
  await Promise.all(engines.map(async (engine) => await engine.terminate()));
  await world.whenIt(id, ({ waitsFor, isRunning }) => waitsFor?.reason === 'trouble' && !isRunning);
  await world.ask('migrations.action', { id, action });

  expect(await world.whenIt(id, isAtItsEnd)).toMatchObject({ stage: end, error: null });
});

test('the migrations of a plan are found by its name, and cancelled by it; one that is unknown is told', async () => {
  await using world = await RealWorld.make(3);
  await world.ask('settings.change', { isPaused: true });
  const machines = ['vm-0', 'vm-1'].map((vm) => ({ vm }));
  await world.ask('plans.create', { name: 'spring', source: 'lab', destination: 'cloud', machines });
  await world.ask('plans.start', { plan: 'spring' });
  const other = await world.ask('migrations.create', { source: 'lab', destination: 'cloud', vm: 'vm-2', start: true });

  const { migrations } = await world.ask('migrations.list', { plan: 'Spring', sort: 'vm' });
  const { results } = await world.ask('migrations.actOnMany', { action: 'cancel', plan: 'spring' });

  expect(migrations.map(({ request }) => request.vm.name)).toEqual(['vm-0', 'vm-1']);
  expect(results.map(({ id, error }) => [id, error]).sort()).toEqual(
    migrations.map(({ request }) => [request.id, null]).sort(),
  );
  for (const { request } of migrations) await world.whenIt(request.id, ({ stage }) => stage === 'cancelled');
  expect(await world.ask('migrations.show', { id: other.request.id })).toMatchObject({ stage: 'planned' });
  const unknown = { code: 'plan.unknown', remedy: expect.stringContaining('spring') };
  await expect(world.ask('migrations.list', { plan: 'autumn' })).rejects.toMatchObject(unknown);
  await expect(world.ask('migrations.actOnMany', { action: 'cancel', plan: 'autumn' })).rejects.toMatchObject(unknown);
});

test('one that waits for a host or a datastore is told its name', async () => {
  await using world = await RealWorld.make(2);
  const slots = { ...defaultSettings.slots, perHost: 1, perDatastore: 1 };
  await world.ask('settings.change', { slots, ...most(64 * 1024) });
  const wish = {
    source: 'lab',
    destination: 'cloud',
    options: { networks: [network], bootTimeoutSeconds: 0 },
    start: true,
  };
  const first = await world.ask('migrations.create', { ...wish, vm: 'vm-0' });
  await world.whenIt(first.request.id, ({ stage }) => stage === 'copying');

  const { request } = await world.ask('migrations.create', { ...wish, vm: 'vm-1' });
  const { waitsFor } = await world.whenIt(request.id, (one) => one.waitsFor?.reason === 'slot');
  await world.ask('settings.change', most(null));

  expect(waitsFor?.says).toMatch(/^The only slot of (host|datastore) “(?!host-|datastore-)[^”]+” of “lab” is taken\.$/);
  for (const { id } of [first.request, request])
    expect(await world.whenIt(id, isAtItsEnd)).toMatchObject({ stage: 'done' });
});

test('one whose schedule cannot be met is refused, and nothing of it is there', async () => {
  await using world = await RealWorld.make(1);
  const window = { opens: 'never', minutes: 1, timeZone: 'UTC' };

  await expect(
    world.ask('migrations.create', { source: 'lab', destination: 'cloud', vm: 'vm-0', schedule: { window } }),
  ).rejects.toMatchObject({ code: 'schedule.bad-window' });

  expect((await world.ask('migrations.list', {})).migrations).toEqual([]);
});

test('one that is in the queue is not deleted, but cancelled first', async () => {
  await using world = await RealWorld.make(1);
  await world.ask('settings.change', { isPaused: true });
  const wish = { source: 'lab', destination: 'cloud', vm: 'vm-0', start: true };
  const { id } = (await world.ask('migrations.create', wish)).request;

  await expect(world.ask('migrations.delete', { id })).rejects.toMatchObject({
    code: 'migration.in-hand',
    remedy: `Cancel it first (“guts cancel ${id}”).`,
  });
  expect(await world.ask('migrations.show', { id })).toMatchObject({ stage: 'planned', isQueued: true });
  await world.ask('migrations.action', { id, action: 'cancel' });
  await world.whenIt(id, ({ stage, isRunning }) => stage === 'cancelled' && !isRunning);
  await world.ask('migrations.delete', { id });

  expect((await world.ask('migrations.list', {})).migrations).toEqual([]);
});

test('one of which nothing was made is cancelled without anybody’s password', async () => {
  await using world = await RealWorld.make(1);
  const { id } = (await world.ask('migrations.create', { source: 'lab', destination: 'cloud', vm: 'vm-0' })).request;
  await world.forgetSecrets();

  await world.ask('migrations.action', { id, action: 'cancel' });

  const { waitsFor } = await world.whenIt(id, ({ stage, waitsFor: why }) => stage === 'cancelled' || why !== null);
  expect(waitsFor).toBeNull();
  expect(await world.ask('migrations.show', { id })).toMatchObject({ stage: 'cancelled', waitsFor: null });
});

test('what is told of nodes and services is what is there', async () => {
  await using world = await RealWorld.make(1);

  const { nodes } = await world.ask('nodes.list', {});
  const { services } = await world.ask('services.list', {});

  expect(nodes).toMatchObject([{ id: 'here', host: hostname(), isAlive: true, running: [] }]);
  expect(nodes[0]?.space.freeBytes).toBeGreaterThan(0);
  expect(services.map(({ binary, state }) => `${binary} ${state}`)).toEqual([
    'guts-api up',
    'guts-scheduler up',
    'guts-migration up',
  ]);
});

test('a plan with machines that nobody knows says which', async () => {
  await using world = await RealWorld.make(1);
  const machines = ['vm-0', 'vm-0', 'vm-9'].map((vm) => ({ vm }));

  await expect(
    world.ask('plans.create', { name: 'odd', source: 'lab', destination: 'cloud', machines }),
  ).rejects.toMatchObject({
    code: 'plan.bad-machines',
    message: 'The plan cannot have these machines: “vm-0” is named twice; “vm-9” is not there.',
  });
  expect(await world.ask('plans.list', {})).toEqual({ plans: [] });
});

test('a plan can be changed, but for the machines that have a migration', async () => {
  await using world = await RealWorld.make(4);
  await world.ask('settings.change', { isPaused: true });
  const made = await world.ask('plans.create', {
    name: 'spring',
    source: 'lab',
    destination: 'cloud',
    options: { networks: [network] },
    machines: [{ vm: 'vm-0' }, { vm: 'vm-1', options: { boot: 'volume' } }],
  });
  const refs = new Map(made.machines.map(({ vm }) => [vm.name, vm.ref]));
  const ref = (name: string): string => refs.get(name) ?? '';

  const renamed = await world.ask('plans.change', { plan: 'spring', name: 'summer', priority: 3 });
  const fewer = await world.ask('plans.change', { plan: made.id, machines: [{ vm: ref('vm-1'), wave: 2 }] });
  await world.ask('plans.start', { plan: 'summer' });
  const more = await world.ask('plans.change', {
    plan: 'summer',
    machines: [{ vm: 'vm-3' }, { vm: ref('vm-1'), wave: 2 }, { vm: 'vm-2', wave: 3 }],
  });

  expect(renamed).toEqual({ ...made, name: 'summer', priority: 3 });
  expect(fewer.machines).toEqual([{ ...made.machines[1], wave: 2, options: {} }]);
  expect(more.machines.map(({ vm, wave, migration }) => [vm.name, wave, migration === null])).toEqual([
    ['vm-3', 1, true],
    ['vm-1', 2, false],
    ['vm-2', 3, true],
  ]);
  const refused = { code: 'plan.under-way', message: expect.stringContaining('vm-1') };
  const options = { boot: 'volume' } as const;
  for (const machines of [[{ vm: 'vm-2' }], [{ vm: 'vm-1', wave: 1 }], [{ vm: 'vm-1', wave: 2, options }]])
    await expect(world.ask('plans.change', { plan: 'summer', machines })).rejects.toMatchObject(refused);
  await expect(world.ask('plans.change', { plan: 'summer', machines: [{ vm: 'vm-9' }] })).rejects.toMatchObject({
    code: 'plan.bad-machines',
  });
  const never = { opens: '0 0 30 2 *', minutes: 5, timeZone: 'UTC' };
  await expect(world.ask('plans.change', { plan: 'summer', window: never })).rejects.toMatchObject({
    code: 'schedule.bad-window',
  });
  expect(await world.ask('plans.show', { plan: 'summer' })).toEqual(more);
  await world.ask('plans.start', { plan: 'summer' });
  expect((await world.ask('migrations.list', { plan: 'summer' })).migrations).toHaveLength(3);
});

test('the start of a plan that was cut short is finished by the next, and what was deleted since stays away', async () => {
  await using world = await RealWorld.make(3);
  await world.ask('settings.change', { isPaused: true });
  await world.ask('plans.create', {
    name: 'three',
    source: 'lab',
    destination: 'cloud',
    machines: ['vm-0', 'vm-1', 'vm-2'].map((vm) => ({ vm })),
  });
  const { plan } = await world.ask('plans.start', { plan: 'three' });
  const [lost, deleted, kept] = plan.machines.flatMap(({ migration }) => migration ?? []);
  if (lost === undefined || deleted === undefined || kept === undefined) throw new Error('the plan has no migrations');
  for (const id of [lost, deleted]) await world.ask('migrations.action', { id, action: 'pause' });
  await world.neverWritten(lost);
  await world.ask('migrations.delete', { id: deleted });

  const again = await world.ask('plans.start', { plan: 'three' });

  expect(again.results).toEqual([{ id: lost, error: null }]);
  expect(again.plan.machines).toEqual(plan.machines);
  const { migrations } = await world.ask('migrations.list', { sort: 'queue' });
  expect(migrations.map(({ request, isQueued }) => [request.id, request.vm.name, isQueued])).toEqual([
    [kept, 'vm-2', true],
    [lost, 'vm-0', true],
  ]);
});

test('one whose datastore takes long to read from is copied more slowly, and as fast as before when that is over', async () => {
  await using world = await RealWorld.make(1, { diskMiB: 160, pace: { everyMs: 200, calmMs: 600 } });
  const sentOf = ({ progress }: ScheduledMigration): number => progress.reduce((sum, one) => sum + one.writtenBytes, 0);
  await world.ask('settings.change', most(4 * MiB));
  const { request } = await world.ask('migrations.create', {
    source: 'lab',
    destination: 'cloud',
    options: { networks: [network], bootTimeoutSeconds: 0 },
    start: true,
    vm: 'vm-0',
  });
  const quick = await world.whenIt(request.id, (one) => sentOf(one) > MiB);
  const before = await until(
    async () => await Promise.resolve(world.vcenter.state()),
    ({ requests }) => (requests['QueryPerf'] ?? 0) > 0, // who asks that has logged in
  );

  world.vcenter.setReadLatency('vmfs-fast', 47);
  const slowed = await world.whenIt(request.id, (one) => one.slowedBy?.bytesPerSecond === MiB || isAtItsEnd(one));
  const beganMs = performance.now();
  const from = await world.ask('migrations.show', { id: request.id });
  const later = await world.whenIt(request.id, (one) => sentOf(one) > sentOf(from) + 8 * MiB || isAtItsEnd(one));
  const seconds = (performance.now() - beganMs) / 1000;
  world.vcenter.setReadLatency('vmfs-fast', 2);
  const raised = await world.whenIt(request.id, ({ slowedBy }) => slowedBy === null);
  const after = world.vcenter.state();
  await world.ask('settings.change', most(null));

  expect(quick).toMatchObject({ stage: 'copying', slowedBy: null });
  expect(slowed.slowedBy?.says).toBe(
    'Reads from “vmfs-fast” of “lab” took 47 ms: no more than 1.0 MiB/s is sent of it until they are quick again.',
  );
  expect(recordText(slowed, new Map())).toMatch(/^slowed +Reads from “vmfs-fast” of “lab” took 47 ms/m);
  expect(later.stage).toBe('copying');
  expect(seconds).toBeGreaterThan(4); // as at 1 MiB/s, but for what was sent and not told yet; at 4 MiB/s they take two
  expect(raised.stage).toBe('copying');
  expect(after.requests['Login']).toBe(before.requests['Login']);
  expect((after.requests['QueryPerf'] ?? 0) - (before.requests['QueryPerf'] ?? 0)).toBeGreaterThan(5);
  expect(await world.whenIt(request.id, isAtItsEnd)).toMatchObject({ stage: 'done', error: null, slowedBy: null });
  const { sessions } = await until(
    async () => await Promise.resolve(world.vcenter.state()),
    (now) => now.sessions === 0,
  );
  expect([sessions, world.details]).toEqual([0, []]);
});

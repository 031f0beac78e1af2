/** The scheduler at work: what it is asked, what becomes of it, and what it does when things go wrong. */
import { open, type FileHandle } from 'node:fs/promises';
import { describe, expect, test, vi } from 'vitest';
import type { ErrorInfo } from '../../main/shared/errors.ts';
import type { NumberedEvent } from '../../main/shared/events.ts';
import { defaultSettings } from '../../main/shared/schedule.ts';
import { GIB, mig, MONDAY_NOON, plan, src, use } from './samples.ts';
import { SimWorld } from './sim-world.ts';

const MINUTE = 60_000;
const slots = (change: Partial<(typeof defaultSettings)['slots']>) => ({
  slots: { ...defaultSettings.slots, ...change },
});
const lost: ErrorInfo = {
  code: 'net.unreachable',
  message: 'The vCenter does not answer.',
  remedy: 'Look at the network.',
  retryable: true,
};

describe('a migration that is started', () => {
  test('goes through preflight, is placed with a reason, runs, and leaves the queue', async () => {
    await using world = await SimWorld.make();
    const id = await world.add('web');

    await world.until(() => world.record(id).stage === 'copying');
    expect(world.show(id)).toMatchObject({
      isQueued: true,
      isRunning: true,
      waitsFor: null,
      placement: { node: 'desk', reason: expect.stringContaining('only node'), reservedBytes: GIB },
    });
    expect((await world.scheduler.nodes())[0]).toMatchObject({ running: [id], space: { reservedBytes: GIB } });

    await world.untilAllOver();
    await world.settle();
    expect(world.show(id)).toMatchObject({ stage: 'done', isQueued: false, isRunning: false, waitsFor: null });
    expect((await world.scheduler.nodes())[0]).toMatchObject({ running: [], space: { reservedBytes: 0 } });
    const said = (await world.journal()).map(({ what }) => what);
    expect(said).toEqual(['scheduled', 'wished', 'measured', 'admitted', 'released', 'wished']);
  });

  test('is told about at each step, and last as what it is', async () => {
    await using world = await SimWorld.make();
    const told: NumberedEvent[] = [];
    using _listening = world.events.listen((event) => told.push(event));

    const id = await world.add('web');
    await world.untilAllOver();
    await world.settle();

    const stages = told.flatMap(({ event }) => (event.kind === 'migration' && event.id === id ? event.stage : []));
    expect([...new Set(stages)].filter((stage) => stage !== 'planned')).toEqual([
      'preflight',
      'queued',
      'preparing',
      'copying',
      'provisioning',
      'booting',
      'verifying',
      'done',
    ]);
    expect(told.at(-1)?.event).toMatchObject({ stage: 'done', isRunning: false, isQueued: false });
  });

  test('fails where preflight finds what stops it, and runs when it is tried again after that is mended', async () => {
    const blocked = { code: 'preflight.blocked', message: 'No.', remedy: 'Mend it.', retryable: false };
    await using world = await SimWorld.make();
    const id = await world.add('web', { preflightTrouble: (look) => (look === 1 ? blocked : null) });

    await world.untilAllOver();
    await world.settle();
    expect(world.show(id)).toMatchObject({ stage: 'failed', isQueued: false, error: blocked });

    await world.act(id, 'retry');
    await world.until(() => world.record(id).stage === 'done');
  });

  test('waits its turn: with one slot the machines go one after another, in their order', async () => {
    await using world = await SimWorld.make({ settings: slots({ global: 1 }) });
    const first = await world.add('first');
    await world.until(() => world.record(first).stage === 'copying');
    const ids = [await world.add('a'), await world.add('b', {}, { priority: 5 }), await world.add('c')];
    await world.pass(20_000);

    expect(world.scheduler.order()).toEqual([first, mig('b'), mig('a'), mig('c')]);
    expect(world.show(mig('a')).waitsFor).toMatchObject({
      reason: 'slot',
      says: 'The only slot of this Guts is taken.',
    });
    await world.untilAllOver();
    expect(world.nodes[0]?.most).toBe(1);
    const [a = 0, b = 0, c = 0] = ids.map((id) => Date.parse(world.record(id).stages.at(-1)?.at ?? ''));
    expect([b, a, c]).toEqual([a, b, c].sort());
  });
});

describe('what is asked of it', () => {
  test('pause stops what runs; resume takes it up', async () => {
    await using world = await SimWorld.make();
    const id = await world.add('web');
    await world.until(() => world.record(id).stage === 'copying');

    await world.act(id, 'pause');
    await world.until(() => world.record(id).stage === 'paused');
    await world.pass(24 * 60 * MINUTE);
    expect(world.show(id)).toMatchObject({ stage: 'paused', isQueued: false, isRunning: false });

    await world.act(id, 'resume');
    await world.until(() => world.record(id).stage === 'done');
  });

  test('pause that comes too late is taken back: it goes on', async () => {
    await using world = await SimWorld.make();
    const id = await world.add('web');
    await world.until(() => world.record(id).stage === 'copying');
    const paused = world.act(id, 'pause');
    world.reach(id, 'provisioning');
    await paused;

    await world.until(() => world.show(id).isQueued);
    expect((await world.journal()).filter(({ what }) => what === 'wished')).toMatchObject([
      { wish: 'run' },
      { wish: 'pause' },
      { wish: 'run' },
    ]);
  });

  test('pause of what another process runs is asked of that one', async () => {
    await using world = await SimWorld.make();
    const id = world.plan('web');
    world.reach(id, 'copying');
    world.change(id, { isRunning: true });

    await world.act(id, 'pause');

    await world.until(() => world.record(id).stage === 'paused');
    await world.settle();
    expect(world.show(id)).toMatchObject({ isQueued: false, isRunning: false });
  });

  test('pause of what another process runs and has come too far with is taken back: it goes on', async () => {
    await using world = await SimWorld.make();
    const id = world.plan('web');
    world.reach(id, 'copying');
    world.change(id, { isRunning: true });
    const paused = world.act(id, 'pause');
    world.reach(id, 'provisioning');
    await paused;
    await world.settle();

    expect(world.show(id)).toMatchObject({ stage: 'provisioning', isQueued: false, isRunning: true });
    expect((await world.journal()).at(-1)).toMatchObject({ what: 'wished', wish: 'none' });
  });

  test('pause that could not be written down leaves it to start at its time', async () => {
    await using world = await SimWorld.make();
    const id = await world.add('web', {}, { notBefore: '2026-06-02T00:00:00.000Z' });
    await world.until(() => world.record(id).stage === 'queued');
    await world.pass(MINUTE);
    await using any = await open(`${world.dataDir}/any`, 'w');
    const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    using _failing = vi.spyOn(Object.getPrototypeOf(any) as FileHandle, 'datasync').mockRejectedValueOnce(full);

    const paused = world.act(id, 'pause');
    world.scheduler.look();
    await expect(paused).rejects.toThrow('ENOSPC');

    await world.until(() => world.record(id).stage === 'done');
  });

  test('pause of one that waits takes it out of the queue', async () => {
    await using world = await SimWorld.make({ settings: { isPaused: true } });
    const id = await world.add('web');

    await world.act(id, 'pause');

    expect(world.show(id)).toMatchObject({ stage: 'planned', isQueued: false });
    expect(world.scheduler.order()).toEqual([]);
  });

  test.each(['planned', 'queued', 'copying'] as const)('cancel ends one that is %s', async (stage) => {
    await using world = await SimWorld.make({ settings: stage === 'planned' ? { isPaused: true } : {} });
    const id = await world.add('web', {}, stage === 'queued' ? { notBefore: '2026-06-02T00:00:00.000Z' } : {});
    await world.until(() => world.record(id).stage === stage);
    await world.settle();

    await world.act(id, 'cancel');

    await world.until(() => world.record(id).stage === 'cancelled');
    await world.settle();
    expect(world.show(id)).toMatchObject({ isQueued: false, isRunning: false });
    expect((await world.scheduler.nodes())[0]).toMatchObject({ running: [] });
  });

  test('hold keeps one back until it is released; others go on', async () => {
    await using world = await SimWorld.make();
    const held = await world.add('held', {}, { isHeld: true });
    const other = await world.add('other');

    await world.until(() => world.record(other).stage === 'done');
    expect(world.show(held)).toMatchObject({ stage: 'planned', waitsFor: { reason: 'hold' } });

    await world.act(held, 'release');
    await world.until(() => world.record(held).stage === 'done');
  });

  test('cutover is refused for cold migrations, by its name', async () => {
    await using world = await SimWorld.make();
    const id = await world.add('web');
    await world.until(() => world.record(id).stage === 'copying');

    await expect(world.act(id, 'cutover')).rejects.toMatchObject({
      code: 'migration.no-such-step',
      message: expect.stringContaining('“cutover” does not fit'),
    });
  });

  test('of many is done for those that it fits, and refused for the others one by one', async () => {
    await using world = await SimWorld.make({ settings: { isPaused: true } });
    const planned = [world.plan('a'), world.plan('b')];
    const queued = await world.add('c');
    const unknown = mig('nobody');

    const results = await world.scheduler.actOnMany([...planned, queued, unknown], 'start');

    expect(results.map(({ error }) => error?.code ?? null)).toEqual([
      null,
      null,
      'migration.no-such-step',
      'migration.unknown',
    ]);
    expect(world.scheduler.order()).toEqual([queued, ...planned]);
  });
});

describe('a schedule', () => {
  test('keeps what was not named, and is refused where it can never be met', async () => {
    await using world = await SimWorld.make({ settings: { isPaused: true } });
    const id = await world.add('a', {}, { priority: 3, wave: 2 });
    const other = await world.add('b', {}, { after: [id] });

    await world.scheduler.schedule(id, { wave: 4 });
    expect(world.show(id).schedule).toMatchObject({ priority: 3, wave: 4 });

    const refused = async (change: Parameters<typeof world.scheduler.schedule>[1]) => {
      const error: unknown = await world.scheduler.schedule(id, change).catch((thrown: unknown) => thrown);
      return (error as { readonly code?: string }).code;
    };
    expect(await refused({ after: [other] })).toBe('schedule.circle');
    expect(await refused({ after: [id] })).toBe('schedule.circle');
    expect(await refused({ after: [mig('nobody')] })).toBe('migration.unknown');
    expect(await refused({ window: { opens: 'never', minutes: 1, timeZone: 'UTC' } })).toBe('schedule.bad-window');
    expect(world.show(id).schedule).toMatchObject({ priority: 3, wave: 4, after: [] });
  });

  test('that has an earlier wave wait for a later one of the same plan is refused', async () => {
    await using world = await SimWorld.make({ settings: { isPaused: true } });
    const late = await world.add('late', {}, { plan: plan('p'), wave: 2 });
    const early = await world.add('early', {}, { plan: plan('p'), wave: 1 });

    await expect(world.scheduler.schedule(early, { after: [late] })).rejects.toMatchObject({
      code: 'schedule.circle',
    });
  });

  test('with a window starts when it opens, to the second', async () => {
    await using world = await SimWorld.make();
    const window = { opens: '0 22 * * *', minutes: 60, timeZone: 'Europe/Berlin' };
    const id = await world.add('web', {}, { window });

    await world.until(() => world.record(id).stage === 'queued');
    await world.settle();
    expect(world.show(id).waitsFor).toMatchObject({ reason: 'window', until: '2026-06-01T20:00:00.000Z' });
    await world.untilAllOver();
    expect(world.record(id).stages.find(({ stage }) => stage === 'preparing')?.at).toBe('2026-06-01T20:00:00.000Z');
  });

  test('that one comes after is met when that is done, also when it was deleted since', async () => {
    await using world = await SimWorld.make();
    const first = await world.add('first');
    const second = await world.add('second', {}, { after: [first], isHeld: true });
    await world.until(() => world.record(first).stage === 'done');

    await world.scheduler.forget(first);
    await world.act(second, 'release');

    await world.untilAllOver();
    expect(world.record(second).stage).toBe('done');
  });
});

describe('settings', () => {
  test('hold at once: more slots start more, paused starts nothing', async () => {
    await using world = await SimWorld.make({ settings: slots({ global: 1 }) });
    const ids = await Promise.all(Array.from({ length: 6 }, async (_, i) => await world.add(`m${i}`)));
    const copying = () => ids.filter((id) => world.record(id).stage === 'copying').length;
    await world.until(() => copying() === 1);

    await world.scheduler.changeSettings(slots({ global: 3 }));
    await world.pass(10_000);
    expect(copying()).toBe(3);

    await world.scheduler.changeSettings({ isPaused: true });
    await world.pass(10 * MINUTE);
    expect(copying()).toBe(0);
    expect(ids.filter((id) => world.record(id).stage === 'done')).toHaveLength(3);

    await world.scheduler.changeSettings({ isPaused: false });
    await world.untilAllOver();
  });

  test('are there again for the next process', async () => {
    await using world = await SimWorld.make({ settings: slots({ perHost: 7 }) });

    await world.restart();

    expect(world.scheduler.settings.slots.perHost).toBe(7);
  });
});

describe('trouble', () => {
  test('that may pass is waited for, ever longer and for ever, visibly', async () => {
    await using world = await SimWorld.make();
    const id = await world.add('web', { copyMs: 60_000, trouble: (run) => (run <= 7 ? lost : null) });

    await world.until(() => world.record(id).stage === 'waiting');
    await world.settle();
    const until = new Date(world.clock.now() + MINUTE).toISOString();
    expect(world.show(id)).toMatchObject({
      isQueued: true,
      waitsFor: { reason: 'trouble', says: 'The vCenter does not answer. Look at the network.', until },
    });

    await world.untilAllOver();
    expect(world.record(id).stage).toBe('done');
    const journal = await world.journal();
    const waited = journal.flatMap((line) =>
      line.what === 'troubled' && line.trouble !== null ? Date.parse(line.trouble.until) - Date.parse(line.at) : [],
    );
    expect(waited.map((ms) => ms / MINUTE)).toEqual([1, 2, 4, 8, 15, 15, 15]);
  });

  test.each([
    ['retry', 'done'],
    ['cancel', 'cancelled'],
  ] as const)('that keeps a failed one from being begun with does not lose the wish to %s it', async (action, end) => {
    const blocked = { code: 'preflight.blocked', message: 'No.', remedy: 'Mend it.', retryable: false };
    const noSecret = { code: 'vault.no-secret', message: 'No secret.', remedy: 'Enter it.', retryable: false };
    let obstacle: ErrorInfo | null = null;
    await using world = await SimWorld.make();
    const preflightTrouble = (look: number) => (look === 1 ? blocked : null);
    const id = await world.add('web', { preflightTrouble, obstacle: () => obstacle });
    await world.untilAllOver();
    await world.settle();

    obstacle = noSecret;
    await world.act(id, action);
    await world.settle();
    const told = world.show(id);
    obstacle = null;

    expect(told).toMatchObject({ stage: 'failed', waitsFor: { reason: 'trouble' } });
    expect(told.waitsFor?.says).toContain('No secret. Enter it.');
    await world.until(() => world.record(id).stage === end);
  });

  test('of the node alone is hardly waited for, unless it comes again and again, and counts for nothing else', async () => {
    await using world = await SimWorld.make();
    const gone = { ...lost, code: 'node.lost', message: 'Node “w1” is not heard any more.' };
    await world.add('web', {
      copyMs: 60_000,
      trouble: (run) => (run <= 2 ? lost : run <= 5 ? gone : run === 6 ? lost : null),
    });

    await world.untilAllOver();
    const journal = await world.journal();
    const waited = journal.flatMap((line) =>
      line.what === 'troubled' && line.trouble !== null ? Date.parse(line.trouble.until) - Date.parse(line.at) : [],
    );
    expect(waited.map((ms) => ms / MINUTE)).toEqual([1, 2, 1 / 6, 1, 2, 1]);
  });

  test('holds no slot: others run meanwhile', async () => {
    await using world = await SimWorld.make({ settings: slots({ global: 1 }) });
    const sick = await world.add('sick', { trouble: (run) => (run === 1 ? lost : null) });
    const well = await world.add('well');

    await world.until(() => world.record(sick).stage === 'waiting');
    await world.until(() => world.record(well).stage === 'copying');
    await world.untilAllOver();

    expect(world.record(sick).stage).toBe('done');
  });

  test('in preflight is waited for as well', async () => {
    await using world = await SimWorld.make();
    const id = await world.add('web', { preflightTrouble: (look) => (look < 3 ? lost : null) });

    await world.until(() => world.record(id).stage === 'failed');
    await world.settle();
    expect(world.show(id)).toMatchObject({ isQueued: true, waitsFor: { reason: 'trouble' } });
    await world.until(() => world.record(id).stage === 'done');
  });

  test('of a full disk says what to do, and goes on when there is room', async () => {
    const full = { ...lost, code: 'destination.full', message: 'No room is left.', remedy: 'Free some space.' };
    await using world = await SimWorld.make({ nodes: { desk: 10 * GIB } });
    const node = world.nodes[0];
    const id = await world.add('web', {
      use: use({ spaceBytes: 5 * GIB }),
      trouble: (run) => {
        if (run === 1 && node !== undefined) node.freeBytes = 0;
        return run === 1 ? full : null;
      },
    });

    await world.until(() => world.record(id).stage === 'waiting');
    await world.settle();
    expect(world.show(id).waitsFor).toMatchObject({ reason: 'space', says: 'No room is left. Free some space.' });
    await world.pass(60 * MINUTE);
    expect(world.show(id)).toMatchObject({
      stage: 'waiting',
      waitsFor: { reason: 'space', says: expect.stringContaining('make room in “/var/desk”') },
    });

    if (node !== undefined) node.freeBytes = 10 * GIB;
    await world.until(() => world.record(id).stage === 'done');
  });
});

describe('a stop', () => {
  test('pauses what runs and keeps the queue; the next start goes on with both, what ran first', async () => {
    await using world = await SimWorld.make({ settings: slots({ global: 1 }) });
    const ids = [
      await world.add('a', { copyMs: 60 * MINUTE }),
      await world.add('b'),
      await world.add('c', {}, { priority: 9 }),
    ];
    const [ran = mig('a')] = ids;
    await world.until(() => world.record(ran).stage === 'copying' || world.record(mig('c')).stage === 'copying');
    const first = ids.find((id) => world.record(id).stage === 'copying') ?? ran;

    expect(await world.restart()).toEqual([]);

    await world.until(() => world.record(first).stage === 'copying');
    expect(world.scheduler.order()[0]).toBe(first);
    await world.untilAllOver();
    expect(ids.map((id) => world.record(id).stage)).toEqual(['done', 'done', 'done']);
    expect(world.nodes[0]?.most).toBe(1);
  });

  test.each(['queued', 'paused'] as const)('pauses what was about to be taken up from “%s”', async (stage) => {
    await using world = await SimWorld.make();
    const id = await world.add('web', { copyMs: 60 * MINUTE, signInMs: 10_000 });
    if (stage === 'paused') {
      await world.until(() => world.record(id).stage === 'copying');
      await world.act(id, 'pause');
      await world.until(() => world.record(id).stage === 'paused');
      await world.settle();
      await world.act(id, 'resume');
    }
    await world.until(
      () => world.record(id).stage === stage && world.show(id).isRunning && world.show(id).placement !== null,
    );

    expect(await world.restart(MINUTE)).toEqual([]);

    expect(world.record(id).stages.at(-1)?.stage).toBe('paused');
    await world.untilAllOver();
    expect(world.record(id).stage).toBe('done');
  });

  test('lets what cannot be paused come to its end, as long as that takes no longer than it may', async () => {
    await using world = await SimWorld.make();
    const id = await world.add('web');
    await world.until(() => world.record(id).stage === 'provisioning');

    expect(await world.restart(MINUTE)).toEqual([]);

    expect(world.record(id).stage).toBe('done');
  });

  test('names what still runs when the time is up; that is taken up again', async () => {
    await using world = await SimWorld.make();
    const id = await world.add('web');
    await world.until(() => world.record(id).stage === 'provisioning');

    expect(await world.restart(1)).toEqual([id]);

    await world.untilAllOver();
    expect(world.record(id).stage).toBe('done');
  });
});

describe('bandwidth', () => {
  test('follows the settings and the hour, and every run has a bucket of its own', async () => {
    const MB = 1_000_000;
    const day = { opens: '0 8 * * *', minutes: 600, timeZone: 'Europe/Berlin' };
    const bandwidth = {
      global: { otherwise: null, table: [{ when: day, bytesPerSecond: 50 * MB }] },
      perSource: { [src('vc')]: { otherwise: 20 * MB, table: [] } },
      perMigration: { otherwise: 10 * MB, table: [] },
    };
    await using world = await SimWorld.make({ settings: { bandwidth } });
    await world.add('a', { copyMs: 20 * 60 * MINUTE });
    await world.add('b', { copyMs: 20 * 60 * MINUTE });
    await world.until(() => world.nodes[0]?.most === 2);
    await world.settle();

    expect([...world.rates]).toEqual([
      [0, 50 * MB],
      [1, 20 * MB],
      [2, 10 * MB],
      [3, 10 * MB],
    ]);

    await world.pass(Date.parse('2026-06-01T16:00:00Z') - 1 - world.clock.now());
    expect(world.rates.get(0)).toBe(50 * MB);
    await world.pass(1);
    expect(world.rates.get(0)).toBe(null);
    await world.pass(Date.parse('2026-06-02T06:00:00Z') - world.clock.now());
    expect(world.rates.get(0)).toBe(50 * MB);

    await world.scheduler.changeSettings({ bandwidth: { ...bandwidth, perMigration: { otherwise: MB, table: [] } } });
    expect([world.rates.get(2), world.rates.get(3)]).toEqual([MB, MB]);
  });
});

test('the clock of the stories begins where they think', async () => {
  await using world = await SimWorld.make();

  expect(world.clock.now()).toBe(MONDAY_NOON);
});

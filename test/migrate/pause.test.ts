/** Pausing: a migration lets go where it can go on later, and what was copied by then is not copied again. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { MigrationRecord, type MigrationOptions, type MigrationRequest } from '../../main/shared/migration.ts';
import type { Stage } from '../../main/shared/stages.ts';
import { scratch } from '../support/disks.ts';
import { until } from '../support/until.ts';
import { EngineWorld, sizes } from './engine-world.ts';

const MACHINES = 11;
const checkout = path.resolve(import.meta.dirname, '../..');

describe('a migration that is to be paused', { timeout: 300_000 }, () => {
  let world: EngineWorld;
  let moved = 0;
  beforeAll(async () => {
    world = await EngineWorld.open(...Array.from({ length: MACHINES }, () => [sizes.small, sizes.small]));
  });
  afterEach(() => {
    world.vcenter.faults.clear();
    world.cloud.faults.clear();
  });
  afterAll(async () => await world[Symbol.asyncDispose]());

  const next = (options: Partial<MigrationOptions> = {}): MigrationRequest =>
    world.request(`vm-${moved++}`, { reading: 'lease', ...options });

  /** At work, with the second disk copied and the first one not; how often the second was asked for is in the first rule. */
  const halfWay = async (
    options: Partial<MigrationOptions> = {},
  ): Promise<{ readonly request: MigrationRequest; readonly running: Promise<MigrationRecord> }> => {
    const request = next(options);
    const { faults } = world.vcenter;
    faults.add({ where: 'nfc', match: 'disk-1', kind: 'delay', count: -1 });
    faults.add({ where: 'nfc', match: 'disk-0', kind: 'stall', afterBytes: 100_000, delayMs: 120_000 });
    const running = world.migrate(request);
    await world.reaches(request, ({ what }) => what === 'copied');
    return { request, running };
  };
  const timesCopied = (): number | undefined => world.vcenter.faults.rules[0]?.met;
  const reaches = async (request: MigrationRequest, stage: Stage): Promise<void> =>
    await world.reaches(request, (entry) => entry.what === 'stage' && entry.stage === stage);

  test('keeps the disk that is copied, holds nothing, and goes on with the other one', async () => {
    const { request, running } = await halfWay();
    const { name } = request.vm;

    const paused = await world.pause(request);

    expect(paused).toMatchObject({ stage: 'paused', isRunning: false, error: null });
    expect(paused.disks.map(({ key }) => key)).toEqual(['2001']);
    expect(await running).toEqual(paused);
    expect(world.heldAtHome()).toEqual([]);
    expect(world.vcenter.state().sessions).toBe(0);
    // It was shut down for the copy, and must not write on.
    expect(world.machine(name).power).toBe('poweredOff');
    expect(paused.stoppedAt).not.toBeNull();

    const done = await world.migrate(request);

    expect(done).toMatchObject({ stage: 'done', stoppedAt: paused.stoppedAt });
    expect(timesCopied()).toBe(1);
    expect(await world.hasArrived(name, 2)).toBe(true);
  });

  // The other disk came of what it was by then: a data base and its log, of two moments.
  test('copies both disks again where somebody has used the machine in between', async () => {
    const { request, running } = await halfWay();
    const { name } = request.vm;
    await world.pause(request);
    await running;
    for (const disk of [0, 1]) await world.vcenter.write(name, disk, 0, Buffer.from('started, used and shut down'));

    const done = await world.migrate(request);

    expect(done.stage).toBe('done');
    expect(timesCopied()).toBe(2);
    expect(await world.hasArrived(name, 2)).toBe(true);
  });

  test('hears of it from another process', async () => {
    const { request, running } = await halfWay();
    using folder = scratch();
    const script = folder.file('pause.ts');
    writeFileSync(
      script,
      `import { EngineClient } from ${JSON.stringify(path.join(checkout, 'main/engine-client.ts'))};
       await using engine = new EngineClient();
       const job = { kind: 'pauseMigration', id: ${JSON.stringify(request.id)}, dataDir: ${JSON.stringify(world.dataDir)} };
       console.log(JSON.stringify(await engine.run(job, new AbortController().signal)));`,
    );

    const { stdout } = await promisify(execFile)(process.execPath, [script]);

    const paused = MigrationRecord.parse(JSON.parse(stdout));
    expect(paused).toMatchObject({ stage: 'paused', isRunning: false });
    expect(await running).toEqual(paused);
  });

  test('of a machine that runs keeps the snapshot that its copied disk is of, and goes on from that', async () => {
    const { request, running } = await halfWay({ whileRunning: 'snapshot' });
    const { name } = request.vm;

    await world.pause(request);

    expect(await running).toMatchObject({ stage: 'paused', stoppedAt: null });
    expect(world.heldAtHome()).toEqual([`a snapshot of ${name}`]);
    const done = await world.migrate(request);

    expect(done.stage).toBe('done');
    expect(timesCopied()).toBe(1);
    expect(world.heldAtHome()).toEqual([]);
    expect(await world.hasArrived(name, 2)).toBe(true);
  });

  test('of a machine that runs keeps no snapshot of which nothing is copied', async () => {
    const request = next({ whileRunning: 'snapshot' });
    world.vcenter.faults.add({ where: 'nfc', kind: 'stall', afterBytes: 100_000, delayMs: 120_000, count: -1 });
    const running = world.migrate(request);
    await world.reaches(request, (entry) => entry.what === 'making' && entry.item.kind === 'image');

    const paused = await world.pause(request);

    expect(await running).toEqual(paused);
    expect(paused.disks).toEqual([]);
    expect(world.heldAtHome()).toEqual([]);
    world.vcenter.faults.clear();
    expect((await world.migrate(request)).stage).toBe('done');
  });

  test('waits for a guest that shuts down, so that it is known since when the machine is off', async () => {
    const request = next();
    // It is still to come down when the wish is heard.
    world.vcenter.faults.add({ where: 'soap', match: '^ShutdownGuest$', kind: 'delay', delayMs: 2000 });
    const running = world.migrate(request);
    await world.reaches(request, (entry) => entry.what === 'making' && entry.item.kind === 'power');

    const paused = await world.pause(request);

    expect(await running).toEqual(paused);
    expect(world.machine(request.vm.name).power).toBe('poweredOff');
    expect(paused.ledger).toMatchObject([{ kind: 'power', id: request.vm.ref }]);
    expect(paused.stoppedAt).not.toBeNull();
  });

  test('before anything of it is touched stops when it could begin', async () => {
    const request = next();
    world.cloud.faults.add({ where: 'identity', kind: 'delay', match: '^POST /v3/auth/tokens', delayMs: 1500 });
    const running = world.migrate(request);
    await reaches(request, 'preflight');

    const paused = await world.pause(request);

    expect(await running).toEqual(paused);
    expect(paused.stages.map(({ stage }) => stage)).toEqual(['planned', 'preflight', 'queued', 'preparing', 'paused']);
    expect(paused).toMatchObject({ ledger: [], stoppedAt: null });
    expect(world.machine(request.vm.name).power).toBe('poweredOn');
  });

  test('is undone from there when it is cancelled, and its machine runs again', async () => {
    const before = world.held();
    const { request } = await halfWay();
    await world.pause(request);

    const cancelled = await world.cancel(request);

    expect(cancelled).toMatchObject({ stage: 'cancelled', ledger: [], stoppedAt: null });
    expect(world.held()).toEqual(before);
    expect(world.machine(request.vm.name).power).toBe('poweredOn');
  });

  test('and is cancelled by its host at the same time is undone', async () => {
    const before = world.held();
    const request = next();
    world.vcenter.faults.add({ where: 'nfc', kind: 'stall', afterBytes: 100_000, delayMs: 120_000, count: -1 });
    // Its lease is given back slowly, so that it is on its way to the pause for a while.
    world.vcenter.faults.add({ where: 'soap', match: '^HttpNfcLeaseAbort$', kind: 'delay', delayMs: 1500 });
    const host = new AbortController();
    const running = world.migrate(request, {}, { signal: host.signal });
    await world.reaches(request, (entry) => entry.what === 'making' && entry.item.kind === 'image');
    const pausing = world.pause(request);
    await until(
      async () => world.vcenter.state().requests['HttpNfcLeaseAbort'] ?? 0,
      (count) => count > 0,
    );
    host.abort();

    await expect(running).rejects.toMatchObject({ code: 'job.cancelled' });
    await expect(pausing).rejects.toMatchObject({ code: 'migration.no-such-step' });
    expect(world.held()).toEqual(before);
    expect(world.machine(request.vm.name).power).toBe('poweredOn');
  });

  test('is not, once its server is being made: it goes on to its end', async () => {
    const request = next();
    world.cloud.faults.add({ where: 'compute', kind: 'delay', match: '^POST /v2.1/servers', delayMs: 2000 });
    const running = world.migrate(request);
    await world.reaches(request, (entry) => entry.what === 'making' && entry.item.kind === 'server');

    await expect(world.pause(request)).rejects.toMatchObject({
      code: 'migration.no-such-step',
      message: expect.stringContaining('“provisioning”'),
    });

    expect((await running).stage).toBe('done');
    await expect(world.pause(request)).rejects.toMatchObject({ code: 'migration.no-such-step' });
  });

  test('is paused too when nobody is at work on it', async () => {
    const request = next();
    await world.migrate(request, { until: 'queued' });
    await expect(world.pause(request)).rejects.toMatchObject({ code: 'migration.no-such-step' });
    await world.isAt(request, 'preparing', 'copying');

    const paused = await world.pause(request);
    const again = await world.pause(request);

    expect(paused).toMatchObject({ stage: 'paused', isRunning: false });
    expect(again.stages).toEqual(paused.stages);
    expect((await world.migrate(request)).stage).toBe('done');
  });
});

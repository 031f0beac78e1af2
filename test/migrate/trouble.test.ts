/** Trouble that may pass: a migration that may wait for that keeps what it has, says what it waits for, and goes on later. */
import { describe, expect, test } from 'vitest';
import type { MigrationOptions, MigrationRequest } from '../../main/shared/migration.ts';
import { EngineWorld, sizes } from './engine-world.ts';

const VM = 'vm-0';
const wait = { onTrouble: 'wait' } as const;
/** Of the large disk alone. */
const cutUploads = { where: 'image', kind: 'cut', match: '^PUT .*/file', afterBytes: 2_000_000, count: -1 } as const;
const dropCalls = { where: 'soap', kind: 'drop', count: -1 } as const;

const open = async (): Promise<EngineWorld> => await EngineWorld.open([sizes.large, sizes.small]);
const requestIn = (world: EngineWorld, options: Partial<MigrationOptions> = {}): MigrationRequest =>
  world.request(VM, { reading: 'lease', ...options });

// Most of their time is the engine's own patience.
describe.concurrent('a migration that meets trouble', { timeout: 300_000 }, () => {
  test('while it copies waits with the disks that it has, and says what for', async () => {
    await using world = await open();
    const request = requestIn(world);
    world.vcenter.faults.add({ where: 'nfc', match: 'disk-1', kind: 'delay', count: -1 });
    world.cloud.faults.add(cutUploads);

    const waiting = await world.migrate(request, wait);

    expect(waiting).toMatchObject({ stage: 'waiting', isRunning: false, error: { code: 'net.connection-lost' } });
    expect(waiting.disks.map(({ key }) => key)).toEqual(['2001']);
    expect(waiting.stoppedAt).not.toBeNull();
    expect(waiting.ledger.map(({ kind }) => kind)).toEqual(['power', 'image', 'image']);
    expect(await world.record(request)).toEqual(waiting);
    expect(world.heldAtHome()).toEqual([]);
    expect(world.machine(VM).power).toBe('poweredOff');

    world.cloud.faults.clear();
    const done = await world.migrate(request, wait);

    expect(done).toMatchObject({ stage: 'done', error: null });
    expect(world.vcenter.faults.rules.map(({ met }) => met)).toEqual([1]);
    expect(await world.hasArrived(VM, 2)).toBe(true);
  });

  test('once while it copies sends the disk anew, and says so', async () => {
    // Of two disks that are copied at once, either's upload may be the first.
    await using world = await EngineWorld.open([sizes.large]);
    const request = requestIn(world);
    world.cloud.faults.add({ ...cutUploads, count: 1 });

    const done = await world.migrate(request, wait);

    expect(done.disks.map(({ key, setbacks = [] }) => [key, setbacks.map(({ error }) => error.code)])).toEqual([
      ['2000', ['net.connection-lost']],
    ]);
    expect(await world.record(request)).toEqual(done);
    expect(await world.hasArrived(VM, 1)).toBe(true);
  });

  test('of a machine that runs waits with its snapshot', async () => {
    await using world = await open();
    const request = requestIn(world, { whileRunning: 'snapshot' });
    world.vcenter.faults.add({ where: 'nfc', match: 'disk-1', kind: 'delay', count: -1 });
    world.cloud.faults.add(cutUploads);

    const waiting = await world.migrate(request, wait);

    expect(waiting).toMatchObject({ stage: 'waiting', stoppedAt: null });
    expect(world.heldAtHome()).toEqual([`a snapshot of ${VM}`]);
    world.cloud.faults.clear();
    expect((await world.migrate(request, wait)).stage).toBe('done');
    expect(world.vcenter.faults.rules.map(({ met }) => met)).toEqual([1]);
    expect(world.heldAtHome()).toEqual([]);
  });

  test('before it could begin waits with nothing touched', async () => {
    await using world = await open();
    const request = requestIn(world);
    await world.migrate(request, { until: 'queued' });
    world.vcenter.faults.add(dropCalls);

    const waiting = await world.migrate(request, wait);

    expect(waiting).toMatchObject({ stage: 'waiting', ledger: [], stoppedAt: null, error: { retryable: true } });
    expect(world.machine(VM).power).toBe('poweredOn');
    world.vcenter.faults.clear();
    expect((await world.migrate(request, wait)).stage).toBe('done');
  });

  test('while its server is ordered waits with all that was made, and adopts it later', async () => {
    await using world = await open();
    const request = requestIn(world);
    world.cloud.faults.add({ where: 'compute', kind: 'drop', match: '^POST /v2.1/servers$', count: -1 });

    const waiting = await world.migrate(request, wait);

    expect(waiting.stages.map(({ stage }) => stage).slice(-2)).toEqual(['provisioning', 'waiting']);
    expect(waiting.ledger.map(({ kind }) => kind)).toContain('port');
    const { images, ports, volumes } = world.cloud.state();
    world.cloud.faults.clear();
    const done = await world.migrate(request, wait);

    expect(done.stage).toBe('done');
    expect(await world.hasArrived(VM, 2)).toBe(true);
    const idsOf = (things: readonly { readonly id: string }[]): string[] => things.map(({ id }) => id);
    expect(idsOf(world.cloud.state().ports)).toEqual(idsOf(ports));
    expect(idsOf(world.cloud.state().volumes)).toEqual(idsOf(volumes));
    expect(idsOf(images)).toEqual(expect.arrayContaining(idsOf(world.cloud.state().images)));
  });

  test('and waits is undone from there when it is cancelled', async () => {
    await using world = await open();
    const request = requestIn(world);
    world.cloud.faults.add(cutUploads);
    await world.migrate(request, wait);
    world.cloud.faults.clear();

    const journal = await world.journal(request);
    await expect(world.cancel(request, { source: null, destination: null })).rejects.toMatchObject({
      code: 'migration.sign-ins-needed',
      retryable: true,
    });
    expect((await world.record(request)).stage).toBe('waiting');
    expect((await world.journal(request)).slice(journal.length).map(({ what }) => what)).toEqual(['taken', 'left']);
    const cancelled = await world.cancel(request);

    expect(cancelled).toMatchObject({ stage: 'cancelled', ledger: [], stoppedAt: null, error: null });
    expect(world.held()).toEqual([]);
    expect(world.machine(VM).power).toBe('poweredOn');
  });

  // Nothing at all was undone, and the machine stayed off for as long as the cloud was out.
  test('with its cloud out is cancelled as far as it can be: its machine runs again, and the rest is named', async () => {
    await using world = await open();
    const request = requestIn(world);
    world.cloud.faults.add(cutUploads);
    await world.migrate(request, wait);
    world.cloud.faults.add({ where: 'identity', kind: 'drop', count: -1 });

    const left = /Still there until it is cancelled \(“guts cancel”\): image guts-.*, image guts-/;
    await expect(world.cancel(request)).rejects.toMatchObject({ remedy: expect.stringMatching(left) });

    expect(world.machine(VM).power).toBe('poweredOn');
    const failed = await world.record(request);
    expect(failed).toMatchObject({ stage: 'failed', stoppedAt: null, error: { retryable: true } });
    expect(failed.ledger.map(({ kind }) => kind)).toEqual(['image', 'image']);
    world.cloud.faults.clear();
    expect(await world.cancel(request)).toMatchObject({ stage: 'cancelled', ledger: [] });
    expect(world.held()).toEqual([]);
  });

  test('with its source out is cancelled as far as it can be: the cloud is cleared, and the machine is named', async () => {
    await using world = await open();
    const request = requestIn(world);
    world.cloud.faults.add(cutUploads);
    await world.migrate(request, wait);
    world.cloud.faults.clear();
    world.vcenter.faults.add(dropCalls);

    const left = `Still there until it is cancelled (“guts cancel”): power ${VM}.`;
    await expect(world.cancel(request)).rejects.toMatchObject({ remedy: expect.stringContaining(left) });

    expect(world.cloud.state().images).toEqual([]);
    expect(await world.record(request)).toMatchObject({ stage: 'failed', ledger: [{ kind: 'power', name: VM }] });
    world.vcenter.faults.clear();
    expect(await world.cancel(request)).toMatchObject({ stage: 'cancelled', ledger: [] });
    expect(world.machine(VM).power).toBe('poweredOn');
  });

  test('that ends it while its cloud is out leaves its machine as it was found', async () => {
    await using world = await open();
    const request = requestIn(world);
    world.cloud.faults.add(cutUploads);
    await world.migrate(request, wait);
    world.cloud.faults.add({ where: 'identity', kind: 'drop', count: -1 });

    await expect(world.migrate(request)).rejects.toMatchObject({ remedy: expect.stringContaining('image guts-') });

    expect(world.machine(VM).power).toBe('poweredOn');
    expect((await world.record(request)).ledger.map(({ kind }) => kind)).toEqual(['image', 'image']);
  });

  test('that will not pass fails, and is undone', async () => {
    await using world = await open();
    const request = requestIn(world);
    const message = 'No valid host was found.';
    world.cloud.faults.add({ where: 'compute', kind: 'error', match: '^POST /v2.1/servers', message });

    await expect(world.migrate(request, wait)).rejects.toMatchObject({ code: 'openstack.server-failed' });

    const failed = await world.record(request);
    expect(failed).toMatchObject({ stage: 'failed', ledger: [], stoppedAt: null });
    expect(failed.disks.length).toBeGreaterThan(0);
    expect(failed.stops.map(({ againAt }) => Date.parse(againAt ?? '') <= Date.now())).toEqual([true]);
    expect(world.held()).toEqual([]);
    expect(world.machine(VM).power).toBe('poweredOn');

    const again = await world.migrate(request, { until: 'queued' });
    expect(again).toMatchObject({ stage: 'queued', disks: [], outcome: null });
  });

  test('in preflight fails: nothing is there yet that could wait', async () => {
    await using world = await open();
    const request = requestIn(world);
    world.vcenter.faults.add(dropCalls);

    await expect(world.migrate(request, wait)).rejects.toMatchObject({ retryable: true });

    expect(await world.record(request)).toMatchObject({ stage: 'failed', ledger: [] });
  });

  // It said that “fail” does not lead out of “failed”.
  test('again while it undoes says what it was, and what is left', async () => {
    await using world = await open();
    const request = requestIn(world);
    await world.migrate(request, { until: 'queued' });
    await world.isAt(request, 'preparing', 'cleaning');
    const facts = { vm: request.vm.ref, power: 'on' };
    const item = { key: 'power', side: 'source', kind: 'power', name: VM, id: null, facts } as const;
    await world.wrote(request, { what: 'making', item });
    world.vcenter.faults.add(dropCalls);

    await expect(world.migrate(request)).rejects.toMatchObject({ retryable: true });

    expect(await world.record(request)).toMatchObject({ stage: 'failed', ledger: [{ kind: 'power' }] });
    world.vcenter.faults.clear();
    expect(await world.cancel(request)).toMatchObject({ stage: 'cancelled', ledger: [] });
  });
});

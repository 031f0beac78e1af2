/** `kill -9` of a mover between an order and its answer, and between one disk and the next: nothing is made or read twice. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { leasedVcenter, type VcenterHome } from './homes.ts';
import { KillWorld, undone } from './kill-world.ts';

describe('a mover that is killed', { timeout: 600_000 }, () => {
  let world: KillWorld<VcenterHome>;
  beforeAll(async () => void (world = await KillWorld.open(leasedVcenter, 8)));
  afterEach(() => {
    world.home.lab.faults.clear();
    world.cloud.faults.clear();
  });
  afterAll(async () => await world[Symbol.asyncDispose]());

  test('before any of its orders is answered finds what came of each', async () => {
    const {
      home: { lab: vcenter },
      cloud,
    } = world;
    const journey = await world.journey();
    expect(await journey.killedAsking(vcenter, 'soap', '^ShutdownGuest$')).toBe(true);
    expect(await journey.killedAsking(vcenter, 'soap', '^ExportVm$')).toBe(true);
    expect(await journey.killedAsking(cloud, 'image', '^POST .*/images$')).toBe(true);
    expect(await journey.killedAsking(cloud, 'image', '^PUT .*/file$')).toBe(true);
    expect(await journey.killedAsking(vcenter, 'soap', '^HttpNfcLeaseComplete$')).toBe(true);
    expect(await journey.killedAsking(cloud, 'network', '^POST .*/ports$')).toBe(true);
    expect(await journey.killedAsking(cloud, 'network', '^POST .*/floatingips$')).toBe(true);
    expect(await journey.killedAsking(cloud, 'volume', '^POST .*/volumes$')).toBe(true);
    expect(await journey.killedAsking(cloud, 'compute', '^POST .*/servers$')).toBe(true);
    expect(await journey.killedAsking(cloud, 'image', '^DELETE ')).toBe(true);
    expect(await journey.killedAsking(cloud, 'compute', '^POST .*/metadata$')).toBe(true);

    const { disks } = await journey.goOn();

    expect(disks).toHaveLength(2);
    expect(await journey.standing()).toEqual(await journey.arrived());
    expect(world.strays).toEqual([]);
  });

  test('before its snapshot is made, exported or removed leaves none', async () => {
    const { lab: vcenter } = world.home;
    const journey = await world.journey('--while-running', 'snapshot');
    expect(await journey.killedAsking(vcenter, 'soap', '^CreateSnapshot_Task$')).toBe(true);
    expect(await journey.killedAsking(vcenter, 'soap', '^ExportSnapshot$')).toBe(true);
    expect(await journey.killedAsking(vcenter, 'soap', '^RemoveSnapshot_Task$')).toBe(true);

    await journey.goOn();

    expect(await journey.standing()).toEqual(await journey.arrived('on'));
    expect(world.strays).toEqual([]);
  });

  test('while it undoes has everything undone by the next one', async () => {
    const {
      home: { lab: vcenter },
      cloud,
    } = world;
    const journey = await world.journey('--volumes');
    expect(await journey.killedAt('made server')).toBe('made server');
    const cancel = { command: 'cancel' };
    expect(await journey.killedAsking(vcenter, 'soap', '^PowerOnVM_Task$', cancel)).toBe(true);
    expect(await journey.killedAsking(cloud, 'compute', '^DELETE .*/servers/', cancel)).toBe(true);
    expect(await journey.killedAsking(cloud, 'volume', '^DELETE ', cancel)).toBe(true);
    expect(await journey.killedAsking(cloud, 'network', '^DELETE .*/ports/', cancel)).toBe(true);
    expect(await journey.killedAsking(cloud, 'image', '^DELETE ', cancel)).toBe(true);

    await journey.goOn('cancel');

    expect(await journey.standing()).toEqual(undone);
    expect(world.strays).toEqual([]);
  });

  test('with one of two disks copied does not read that one again', async () => {
    const { faults } = world.home.lab;
    const journey = await world.journey();
    faults.add({ where: 'nfc', match: 'disk-1', kind: 'delay', count: -1 });
    faults.add({ where: 'nfc', match: 'disk-0', kind: 'stall', afterBytes: 300_000, delayMs: 60_000 });
    expect(await journey.killedAt('copied 2001')).toBe('copied 2001');

    const { disks } = await journey.goOn();

    expect(disks.map(({ key }) => key)).toEqual(['2000', '2001']);
    expect(faults.rules.map(({ met }) => met)).toEqual([1, 1]);
    expect(await journey.standing()).toEqual(await journey.arrived());
  });

  test('with both disks copied reads none of them again', async () => {
    const journey = await world.journey();
    expect(await journey.killedAt('settled lease')).toBe('settled lease');
    const { nfc } = world.home.lab.state().bytes;

    await journey.goOn();

    expect(world.home.lab.state().bytes.nfc).toBe(nfc);
    expect(await journey.standing()).toEqual(await journey.arrived());
  });

  // Its guest wrote on after the copy was made: a server of that copy would have lost it.
  describe.concurrent('and whose machine somebody has started since', () => {
    test.each(['copied 2000', 'stage provisioning', 'made server'])('copies all again, after “%s”', async (line) => {
      const journey = await world.journey('--volumes');
      expect(await journey.killedAt(line)).toBe(line);
      await journey.startedMeanwhile();

      await journey.goOn();

      expect(await journey.standing()).toEqual(await journey.arrived());
    });
  });

  test('leaves nothing behind that nobody owns', () => {
    expect(world.kills).toBeGreaterThan(20);
    expect(world.strays).toEqual([]);
  });
});

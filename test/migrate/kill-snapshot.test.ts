/** `kill -9` of a mover between two disks of a machine that runs: what arrives is of one moment, as after a power cut. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { leasedVcenter, type VcenterHome } from './homes.ts';
import { KillWorld, type Journey } from './kill-world.ts';

describe('a mover of a machine that runs, killed with one of two disks copied', { timeout: 600_000 }, () => {
  let world: KillWorld<VcenterHome>;
  beforeAll(async () => void (world = await KillWorld.open(leasedVcenter, 3)));
  afterEach(() => world.home.lab.faults.clear());
  afterAll(async () => await world[Symbol.asyncDispose]());

  /** How often each disk was asked for is in the rules, the copied one first. */
  const killedBetween = async (...flags: string[]): Promise<Journey> => {
    const { faults } = world.home.lab;
    const journey = await world.journey('--while-running', 'snapshot', ...flags);
    const byRanges = flags.includes('ranges');
    const [where, first, second] = byRanges
      ? ['folder', `^GET .*/${journey.vm}-flat`, `^GET .*/${journey.vm}_1-flat`]
      : ['nfc', 'disk-0', 'disk-1'];
    faults.add({ where, match: second, kind: 'delay', count: -1 });
    const stall = { kind: 'stall', afterBytes: 100_000, delayMs: 60_000 } as const;
    faults.add({ where, match: first, ...stall, count: byRanges ? -1 : 1 }); // of many ranges, each
    expect(await journey.killedAt('copied 2001')).toBe('copied 2001');
    return journey;
  };

  test('goes on from the snapshot that is there, and does not read that disk again', async () => {
    const journey = await killedBetween();
    const asItWas = await journey.arrived('on');
    await journey.writesOn();

    await journey.goOn();

    expect(world.home.lab.faults.rules.map(({ met }) => met)).toEqual([1, 1]);
    expect(await journey.standing()).toEqual(asItWas);
    expect(world.strays).toEqual([]);
  });

  // The other disk came from a newer snapshot: a data base and its log, of two moments, on a server that said nothing of it.
  test('copies both again when somebody has removed the snapshot', async () => {
    const journey = await killedBetween();
    await journey.snapshotRemoved();
    await journey.writesOn();

    await journey.goOn();

    expect(await journey.lines()).toContain('dropped');
    expect(await journey.standing()).toEqual(await journey.arrived('on'));
    expect(world.strays).toEqual([]);
  });

  // Its disks lay on top of the snapshot, which was no way to read them by ranges.
  test('copies both again when somebody has shut it down', async () => {
    const journey = await killedBetween('--read', 'ranges');
    await journey.writesOn();
    await journey.isShutDown();
    world.home.lab.faults.clear();

    await journey.goOn();

    expect(await journey.standing()).toEqual(await journey.arrived());
    expect(world.strays).toEqual([]);
  });
});

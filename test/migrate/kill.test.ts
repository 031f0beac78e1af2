/**
 * `kill -9` of a mover at every line of a migration's journal, and `guts start` again: the machine arrives as if nothing
 * had been. `GUTS_KILL_SEED` repeats the random moments of a run, as far as a machine's pace allows.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Random } from '../fuzz/random.ts';
import { leasedVcenter, type VcenterHome } from './homes.ts';
import { KillWorld } from './kill-world.ts';

const seed = Number(process.env['GUTS_KILL_SEED'] ?? Date.now() % 2 ** 31);
/** In which a migration is over where nothing else runs. */
const USUAL_MS = 4000;

describe('a mover that is killed', { timeout: 900_000 }, () => {
  let world: KillWorld<VcenterHome>;
  beforeAll(async () => {
    console.log(`kill: seed ${seed}`);
    world = await KillWorld.open(leasedVcenter, 3);
  });
  afterAll(async () => await world[Symbol.asyncDispose]());

  describe.concurrent('and started again, and again', () => {
    test('at every line of its journal: two disks from leases into an image and a volume', async () => {
      const journey = await world.journey();
      const seen = new Set(['taken', 'left']);
      while (!seen.has('stage done')) seen.add((await journey.killedAt((line) => !seen.has(line))) ?? 'stage done');

      expect(seen.size).toBeGreaterThan(25);
      expect(await journey.standing()).toEqual(await journey.arrived());
      const waits = (await journey.goOn('show')).stages.filter(({ stage }) => stage === 'waiting');
      expect(new Set(waits.map(({ error }) => error?.code))).toEqual(new Set(['migration.interrupted']));
    });

    test('at every line of its journal: two disks from a snapshot into volumes, and the machine goes on', async () => {
      const journey = await world.journey('--while-running', 'snapshot', '--volumes');
      const seen = new Set(['taken', 'left']);
      while (!seen.has('stage done')) seen.add((await journey.killedAt((line) => !seen.has(line))) ?? 'stage done');

      expect(seen.size).toBeGreaterThan(25);
      expect(await journey.standing()).toEqual(await journey.arrived('on'));
    });

    test('at random moments: what is allocated, into volumes', async () => {
      const journey = await world.journey('--read', 'areas', '--volumes');
      const random = new Random(seed, 0);
      for (let kill = 0; kill < 6; kill++) await journey.killedAfter(300 + (USUAL_MS * random.next()) / 2 ** 32);
      const { stage } = await journey.goOn('show');
      if (stage !== 'done') await journey.goOn();

      expect(await journey.standing()).toEqual(await journey.arrived());
    });
  });

  test('leaves nothing behind that nobody owns', () => {
    console.log(`kill: ${world.kills} kills`);

    expect(world.kills).toBeGreaterThan(50);
    expect(world.strays).toEqual([]);
  });
});

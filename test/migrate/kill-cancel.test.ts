/** `kill -9` of a mover, and then `guts cancel` or `guts tidy`: everything goes, but nothing that is the operator's. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rmSync } from 'node:fs';
import { TidyResult } from '../../main/shared/move-jobs.ts';
import { leasedVcenter, type VcenterHome } from './homes.ts';
import { KillWorld, undone, type Journey } from './kill-world.ts';

describe('after a mover was killed', { timeout: 600_000 }, () => {
  let world: KillWorld<VcenterHome>;
  beforeAll(async () => void (world = await KillWorld.open(leasedVcenter, 11)));
  afterAll(async () => await world[Symbol.asyncDispose]());

  const tidy = async (...flags: string[]): Promise<TidyResult['leftovers']> => {
    const { out } = await world.mover.say(['tidy', '--json', ...flags]);
    return TidyResult.parse(JSON.parse(out)).leftovers;
  };

  describe.concurrent('cancelling undoes all', () => {
    test.each([
      'planned',
      'made power',
      'made lease',
      'making image:2000',
      'settled lease',
      'making server',
      'outcome',
    ])('of one that was killed at “%s”, and its machine runs again', async (line) => {
      const journey = await world.journey();
      expect(await journey.killedAt(line)).toBe(line);

      await journey.goOn('cancel');

      expect(await journey.standing()).toEqual(undone);
    });
  });

  test('one that was killed while it undid is undone, by “guts start” too', async () => {
    const journey = await world.journey();
    expect(await journey.killedAt('made server')).toBe('made server');
    expect(await journey.killedAt('settled server', 'cancel')).toBe('settled server');

    await journey.goOn('start');

    expect(await journey.standing()).toEqual(undone);
  });

  test('whoever asked it to cancel does that instead of it', async () => {
    const journey = await world.journey();
    world.home.lab.faults.add({ where: 'nfc', kind: 'stall', afterBytes: 100_000, delayMs: 120_000, count: -1 });
    let cancelling: Promise<unknown> | undefined;
    const line = await journey.killedAt((one) => {
      if (one === 'made lease') cancelling ??= journey.goOn('cancel');
      return one === 'stage cleaning';
    });
    expect(line).toBe('stage cleaning');

    await cancelling;
    world.home.lab.faults.clear();

    expect(await journey.standing()).toEqual(undone);
  });

  describe('tidying', () => {
    let arrived: Journey;
    let interrupted: Journey;
    beforeAll(async () => {
      arrived = await world.journey();
      await arrived.goOn();
      interrupted = await world.journey('--while-running', 'snapshot');
      // Whichever of them is made first.
      const made = new Set<string>();
      await interrupted.killedAt((line) => line.startsWith('made image:') && made.add(line).size === 2);
    });

    test('leaves what an interrupted migration needs, and says so', async () => {
      const listed = await tidy();
      const kept = await tidy('--remove');

      expect(listed.map(({ item }) => item.kind).toSorted()).toEqual(['image', 'image', 'snapshot']);
      for (const { state, migration, says } of [...listed, ...kept]) {
        expect({ state, migration }).toEqual({ state: 'inUse', migration: interrupted.id });
        expect(says).toMatch(/“guts start”.*“guts cancel”/);
      }
    });

    test('removes what is of a migration that nobody knows only when told so, and never a server that has arrived', async () => {
      rmSync(world.journalOf(interrupted.id));

      const left = await tidy('--remove');
      const removed = await tidy('--remove', '--unknown');

      expect(left.map(({ state }) => state)).toEqual(['found', 'found', 'found']);
      expect(left[0]?.says).toContain('another machine may be at work on it');

      expect(removed.map(({ item, state }) => `${item.kind} ${state}`).toSorted()).toEqual([
        'image removed',
        'image removed',
        'snapshot removed',
      ]);
      expect(await tidy()).toEqual([]);
      expect(world.strays).toEqual([]);
      expect(await arrived.standing()).toEqual(await arrived.arrived());
    });
  });
});

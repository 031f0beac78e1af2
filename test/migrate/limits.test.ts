/** Limits of bandwidth on real moves: what is sent keeps to them, they can be changed meanwhile, and nothing hangs on them. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { MigrationRecord, MigrationRequest } from '../../main/shared/migration.ts';
import { makeRates, setRate } from '../../main/shared/rates.ts';
import { EngineWorld, sizes } from './engine-world.ts';

/** In which uploads hand bytes to the network: so much may go before a limit is felt. */
const PIECE_BYTES = 1024 ** 2;
const MACHINES = 7;
const EVERYTHING = 0;
const SOURCE = 1;
const OWN = 2;

describe('a migration with limits', { timeout: 300_000 }, () => {
  let world: EngineWorld;
  let moved = 0;
  const rates = makeRates(8);
  beforeAll(async () => {
    world = await EngineWorld.open(...Array.from({ length: MACHINES }, () => [sizes.large, sizes.small]));
    world.engine.limitBy(rates);
  });
  afterEach(() => {
    for (let bucket = 0; bucket < 8; bucket++) setRate(rates, bucket, 0);
  });
  afterAll(async () => await world[Symbol.asyncDispose]());

  const next = (): MigrationRequest => world.request(`vm-${moved++}`);
  const sentBy = (...records: readonly MigrationRecord[]): number =>
    records.flatMap(({ disks }) => disks).reduce((sum, { sentBytes }) => sum + sentBytes, 0);
  /** From the first that began to copy until the last was done with it. */
  const secondsOf = (...records: readonly MigrationRecord[]): number => {
    const timesOf = (wanted: string): number[] =>
      records.flatMap(({ stages }) => stages.filter(({ stage }) => stage === wanted).map(({ at }) => Date.parse(at)));
    return (Math.max(...timesOf('provisioning')) - Math.min(...timesOf('copying'))) / 1000;
  };
  /** How long it takes at least, but for what goes at once. */
  const leastSeconds = (bytes: number, rate: number): number => (0.95 * (bytes - PIECE_BYTES)) / rate;

  test('sends no faster than the least of them, and arrives whole', async () => {
    const rate = 1_500_000;
    setRate(rates, EVERYTHING, 4 * rate);
    setRate(rates, OWN, rate);
    const request = next();

    const done = await world.migrate(request, { limits: [EVERYTHING, SOURCE, OWN] });

    expect(sentBy(done)).toBeGreaterThan(3 * PIECE_BYTES);
    expect(secondsOf(done)).toBeGreaterThan(leastSeconds(sentBy(done), rate));
    expect(await world.hasArrived(request.vm.name, 2)).toBe(true);
  });

  test('shares one with another that is at work beside it', async () => {
    const rate = 3_000_000;
    setRate(rates, EVERYTHING, rate);

    const done = await Promise.all([
      world.migrate(next(), { limits: [EVERYTHING, OWN] }),
      world.migrate(next(), { limits: [EVERYTHING, OWN + 1] }),
    ]);

    expect(secondsOf(...done)).toBeGreaterThan(leastSeconds(sentBy(...done), rate));
  });

  test('hears of a new rate while it waits', async () => {
    setRate(rates, OWN, 5000); // a quarter of an hour, at that
    const request = next();
    const running = world.migrate(request, { limits: [OWN] });
    await world.reaches(request, (entry) => entry.what === 'made' && entry.key.startsWith('image:'));

    setRate(rates, OWN, 0);
    const done = await running;

    expect(done.stage).toBe('done');
    expect(secondsOf(done)).toBeLessThan(250);
    expect(await world.hasArrived(request.vm.name, 2)).toBe(true);
  });

  test.each(['pause', 'cancel'] as const)('hears of a wish to %s it while it waits', async (wish) => {
    setRate(rates, OWN, 5000);
    const request = next();
    const running = world.migrate(request, { limits: [OWN] });
    await world.reaches(request, (entry) => entry.what === 'made' && entry.key.startsWith('image:'));

    const after = await world[wish](request); // or its time is over before a quarter of an hour is

    expect(await running).toEqual(after);
    expect(after.stage).toBe(wish === 'pause' ? 'paused' : 'cancelled');
  });

  test('that its engine does not have is not begun', async () => {
    const request = next();

    await expect(world.migrate(request, { limits: [8] })).rejects.toMatchObject({ code: 'guts.bug' });

    await expect(world.record(request)).rejects.toMatchObject({ code: 'migration.unknown' });
  });
});

/**
 * `kill -9` of a mover, its pause and its end while it moves machines of a Hyper-V host: they arrive as if nothing had been, or are
 * as they were found.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../support/until.ts';
import { hypervHome, type HypervHome } from './homes.ts';
import { KillWorld, undone, type Journey } from './kill-world.ts';

/** The host ends shells that nobody uses: a dead mover's, too. The mover asks for five minutes. */
const SHELL_IDLE_MS = 2000;
const start = hypervHome({ mostIdleMs: SHELL_IDLE_MS, mostWaitMs: 1000, shutdownMs: 300, mergeMs: 500 });
const running = ['--while-running', 'snapshot'];

let world: KillWorld<HypervHome>;
beforeAll(async () => void (world = await KillWorld.open(start, 11)));
afterEach(() => {
  world.home.faults.clear();
  world.cloud.faults.clear();
});
afterAll(async () => await world[Symbol.asyncDispose]());

/** Whether each of a machine's disks is one file, as it was. */
const filesOf = ({ vm }: Journey): number[] =>
  world.home.lab.state().machines.flatMap(({ name, files }) => (name === vm ? files.map((chain) => chain.length) : []));

/** Kills it at each of the lines that it comes to, once. @returns how many there were */
async function killedAtEach(journey: Journey, lines: readonly string[]): Promise<number> {
  const seen = new Set<string>();
  for (;;) {
    const line = await journey.killedAt((one) => lines.includes(one) && !seen.has(one));
    if (line === null) return seen.size;
    seen.add(line);
  }
}

describe.concurrent('a mover that is killed, and started again, and again', { timeout: 900_000 }, () => {
  test('at lines of its journal: a machine that is shut down', async () => {
    const journey = await world.journey();

    const kills = await killedAtEach(journey, [
      'planned',
      'making power',
      'made power',
      'stage copying',
      'making image:IDE:0:0',
      'copied IDE:0:1',
      'stage provisioning',
      'made server',
      'settled image:IDE:0:1',
    ]);

    expect(kills).toBeGreaterThan(6); // two lines may come at once
    expect(await journey.standing()).toEqual(await journey.arrived());
  });

  test('at lines of its journal: a machine that goes on, from a checkpoint', async () => {
    const journey = await world.journey(...running, '--volumes');

    const kills = await killedAtEach(journey, [
      'stage preparing',
      'making snapshot',
      'made snapshot',
      'making image:IDE:0:0',
      'copied IDE:0:0',
      'copied IDE:0:1',
      'settled snapshot',
      'making server',
      'outcome',
    ]);

    expect(kills).toBeGreaterThan(6);
    expect(await journey.standing()).toEqual(await journey.arrived('on'));
    expect(filesOf(journey)).toEqual([1, 1]);
  });

  test.each([
    { line: 'making power', flags: [] },
    { line: 'copied IDE:0:0', flags: [] },
    { line: 'making snapshot', flags: running },
    { line: 'making image:IDE:0:1', flags: running },
  ])('at “$line” ($flags) and cancelled: its machine is as it was', async ({ line, flags }) => {
    const journey = await world.journey(...flags);
    expect(await journey.killedAt(line)).toBe(line);

    await journey.goOn('cancel');

    expect(await journey.standing()).toEqual(undone);
    expect(filesOf(journey)).toEqual([1, 1]);
  });
});

describe('a mover', { timeout: 600_000 }, () => {
  test('that is killed before its orders are answered finds what came of each', async () => {
    const { lab } = world.home;
    const stopped = await world.journey();
    expect(await stopped.killedAsking(lab, 'script', '^power shutDown$')).toBe(true);
    const copied = await world.journey(...running);
    expect(await copied.killedAsking(lab, 'script', '^checkpoint create$')).toBe(true);
    expect(await copied.killedAsking(lab, 'script', '^checkpoint remove$')).toBe(true);

    await stopped.goOn();
    await copied.goOn();

    expect(await stopped.standing()).toEqual(await stopped.arrived());
    expect(await copied.standing()).toEqual(await copied.arrived('on'));
    expect(filesOf(copied)).toEqual([1, 1]);
  });

  /** At work on a checkpoint, with one disk copied and the other one under way. */
  const halfWay = async (): Promise<{ readonly journey: Journey; readonly ended: Promise<unknown> }> => {
    const journey = await world.journey(...running);
    const stall = { kind: 'stall', match: '^PUT .*/file', afterBytes: 100_000, delayMs: 120_000 } as const;
    world.cloud.faults.add({ where: 'image', ...stall });
    const ended = journey.goOn();
    await until(
      async () => await journey.lines(),
      (lines) => lines.some((line) => line.startsWith('copied ')),
    );
    return { journey, ended };
  };

  test('that is paused keeps the checkpoint of what is copied, and goes on from it', async () => {
    const { journey, ended } = await halfWay();

    await journey.goOn('pause');

    expect(await ended).toMatchObject({
      stage: 'paused',
      ledger: expect.arrayContaining([expect.objectContaining({ kind: 'snapshot' })]),
    });
    expect(await journey.standing()).toMatchObject({
      power: 'on',
      snapshots: [expect.stringContaining(journey.id)],
      holds: [],
    });
    const asItWas = await journey.arrived('on');
    await journey.writesOn();

    await journey.goOn();

    expect(await journey.standing()).toEqual(asItWas);
    expect(filesOf(journey)).toEqual([1, 1]);
  });

  test('that is paused, and then cancelled, has the checkpoint merged away', async () => {
    const { journey, ended } = await halfWay();
    await journey.goOn('pause');
    await ended;
    expect(filesOf(journey)).toEqual([2, 2]);

    await journey.goOn('cancel');

    expect(await journey.standing()).toEqual(undone);
    expect(filesOf(journey)).toEqual([1, 1]);
  });

  test('that is cancelled at work has the checkpoint merged away', async () => {
    const { journey, ended } = await halfWay();

    await journey.goOn('cancel');

    expect(await ended).toMatchObject({ stage: 'cancelled' });
    expect(await journey.standing()).toEqual(undone);
    expect(filesOf(journey)).toEqual([1, 1]);
  });

  test('leaves nothing behind that nobody owns', async () => {
    console.log(`kill: ${world.kills} kills`);

    expect(world.kills).toBeGreaterThan(18);
    expect(world.strays).toEqual([]);
    await until(
      async () => world.home.lab.state(),
      ({ shells, smb }) => shells === 0 && smb.sessions === 0,
    );
  });
});

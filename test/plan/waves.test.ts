/** Waves that Guts proposes: a pilot first, applications together, as much as a window has time for. */
import { describe, expect, test } from 'vitest';
import { applicationOf, isCritical } from '../../main/shared/proposals/applications.ts';
import { proposeWaves, type WaveLimits, type WaveMachine } from '../../main/shared/proposals/waves.ts';

const GB = 1e9;

const one = (name: string, change: Partial<WaveMachine> = {}): WaveMachine => ({
  ref: name,
  name,
  folder: 'DC0/vm',
  tags: [],
  annotation: '',
  bytes: 10 * GB,
  isReady: true,
  ...change,
});

/** A hundred megabytes a second, two at once: a machine of 10 GB takes 100 seconds. */
const limits = (change: Partial<WaveLimits> = {}): WaveLimits => ({
  mostMachines: 50,
  windowSeconds: null,
  pilotMachines: 0,
  bytesPerSecond: 100e6,
  atOnce: 2,
  ...change,
});

const refsOf = (machines: readonly WaveMachine[], change: Partial<WaveLimits> = {}): (readonly string[])[] =>
  proposeWaves(machines, limits(change)).map(({ refs }) => [...refs].sort());

describe('the application of a machine', () => {
  const nameOf = (machine: WaveMachine, others: readonly WaveMachine[] = []): string | null =>
    applicationOf([machine, ...others])(machine);

  test('is told by its tag, else its note, else its folder, else how its name begins', () => {
    const told = { tags: ['Owner:Ann', 'Application:Shop'], annotation: 'App: Till', folder: 'DC0/vm/Sales' };
    const brother = one('till-02');

    expect(nameOf(one('till-01', told), [brother])).toBe('Shop');
    expect(nameOf(one('till-01', { ...told, tags: [] }), [brother])).toBe('Till');
    expect(nameOf(one('till-01', { folder: 'DC0/vm/Sales' }), [brother])).toBe('Sales');
    expect(nameOf(one('till-01'), [brother])).toBe('till');
  });

  test('is told by names that are counted, though their beginning says nothing, and by no system that many have', () => {
    const files = ['W19-FS01', 'W19-FS02'].map((name) => one(name, { folder: 'Prod/Windows' }));
    const tills = ['prod-till-1', 'prod-till-2'].map((name) => one(name));
    const systems = ['deb12-1', 'deb12-2', 'sles11', 'sles15-mon', 'w22-1', 'w22-2'].map((name) => one(name));
    const nameFor = applicationOf([...files, ...tills, ...systems]);

    expect([...files, ...tills].map(nameFor)).toEqual(['w19-fs', 'w19-fs', 'prod-till', 'prod-till']);
    expect(systems.map(nameFor)).toEqual(systems.map(() => null));
  });

  test('is nobody’s guess where nothing tells: no folder that every data centre has, no name that means nothing', () => {
    expect(nameOf(one('till-01'))).toBeNull();
    expect(nameOf(one('srv-01', { folder: 'DC0/vm/Discovered virtual machine' }), [one('srv-02')])).toBeNull();
    expect(nameOf(one('srv-01', { folder: 'DC0/vm/Shop/prod' }))).toBe('Shop');
  });

  test('is not the data centre, wherever that stands in the folder', () => {
    const told = { folder: '/DC1/vm/prod', datacenter: 'DC1' };

    expect(nameOf(one('till-01', told))).toBeNull();
    expect(isCritical(one('till-01', { ...told, folder: '/DC1/vm/other' }))).toBe(false);
  });

  test('is critical by its words, unless it is there for tests', () => {
    expect(isCritical(one('erp-sql-01'))).toBe(true);
    expect(isCritical(one('web-01', { tags: ['Tier:Tier 0'] }))).toBe(true);
    expect(isCritical(one('web-01', { folder: 'DC0/vm/Production' }))).toBe(true);
    expect(isCritical(one('test-sql-01'))).toBe(false);
    expect(isCritical(one('web-01'))).toBe(false);
    expect(isCritical(one('products-01'))).toBe(false);
  });
});

describe('waves that are proposed', () => {
  test('have every machine exactly once, whatever the limits are', () => {
    const machines = Array.from({ length: 97 }, (_, at) =>
      one(`app${at % 9}-${at}`, { bytes: (at % 13) * GB, isReady: at % 3 > 0, folder: `DC0/vm/team ${at % 7}` }),
    );
    for (const change of [{}, { mostMachines: 5 }, { windowSeconds: 60 }, { pilotMachines: 4, mostMachines: 3 }]) {
      const waves = proposeWaves(machines, limits(change));

      expect(waves.flatMap(({ refs }) => refs).sort()).toEqual(machines.map(({ ref }) => ref).sort());
      expect(waves.map(({ number }) => number)).toEqual(waves.map((_, at) => at + 1));
      for (const { refs } of waves) expect(refs.length).toBeLessThanOrEqual(limits(change).mostMachines);
    }
  });

  test('begin with a pilot of small machines that are ready and not critical', () => {
    const machines = [
      one('erp-sql', { bytes: 1 * GB }),
      one('wiki', { bytes: 2 * GB }),
      one('mail', { bytes: 90 * GB }),
      one('broken', { bytes: 1 * GB, isReady: false }),
    ];

    const [pilot, ...later] = proposeWaves(machines, limits({ pilotMachines: 1 }));

    expect(pilot).toMatchObject({ number: 1, isPilot: true, refs: ['wiki'], bytes: 2 * GB, seconds: 20 });
    expect(pilot?.why).toContain('pilot');
    expect(later).toHaveLength(1);
    expect(later[0]?.refs).toEqual(['mail', 'broken', 'erp-sql']);
  });

  test('are not guided by what looks critical where nearly all of it does, and say so', () => {
    const machines = ['sap-1', 'sql-2', 'erp-3'].map((name) => one(name));

    const [pilot] = proposeWaves(machines, limits({ pilotMachines: 1 }));

    expect(pilot).toMatchObject({ isPilot: true, why: expect.stringContaining('most of all look critical') });
  });

  test('take no part of an application for the pilot where a small one is whole', () => {
    const machines = [
      ...['a', 'b', 'c'].map((name) => one(name, { bytes: GB, folder: 'DC0/vm/Large' })),
      ...['d', 'e'].map((name) => one(name, { bytes: 5 * GB, folder: 'DC0/vm/Small' })),
    ];

    expect(refsOf(machines, { pilotMachines: 2 })).toEqual([
      ['d', 'e'],
      ['a', 'b', 'c'],
    ]);
  });

  test('keep an application together, and begin a new wave for one that has no room any more', () => {
    const machines = [
      ...['a1', 'a2', 'a3'].map((name) => one(name, { bytes: GB, folder: 'DC0/vm/A' })),
      ...['b1', 'b2', 'b3'].map((name) => one(name, { bytes: 2 * GB, folder: 'DC0/vm/B' })),
    ];

    expect(refsOf(machines, { mostMachines: 5 })).toEqual([
      ['a1', 'a2', 'a3'],
      ['b1', 'b2', 'b3'],
    ]);
  });

  test('divide an application that is more than a wave has room for, and say so', () => {
    const machines = ['a1', 'a2', 'a3'].map((name) => one(name, { folder: 'DC0/vm/A' }));

    const waves = proposeWaves(machines, limits({ mostMachines: 2 }));

    expect(waves.map(({ refs }) => refs.length)).toEqual([2, 1]);
    expect(waves[0]?.why).toContain('“A” is divided, as it is more than a wave has room for');
  });

  test('end when the window does', () => {
    const machines = ['a', 'b', 'c', 'd', 'e'].map((name) => one(name));

    // two at once, 100 seconds each: four fit into 200 seconds
    const waves = proposeWaves(machines, limits({ windowSeconds: 200 }));

    expect(waves.map(({ refs, seconds }) => [refs.length, seconds])).toEqual([
      [4, 200],
      [1, 100],
    ]);
  });

  test('say of a machine that is longer than any window that it is', () => {
    const [wave, ...others] = proposeWaves([one('huge', { bytes: 1000 * GB })], limits({ windowSeconds: 60 }));

    expect(others).toEqual([]);
    expect(wave?.why).toContain('longer than the window');
  });

  test('keep within the window but for what alone takes longer, which has waves to itself and says so', () => {
    const shop = ['web-1', 'web-2', 'web-3'].map((name) => one(name, { folder: 'DC0/vm/Shop' }));
    const db = one('db-1', { folder: 'DC0/vm/Shop', bytes: 1000 * GB });
    const others = ['a', 'b', 'c', 'd'].map((name) => one(name));

    const waves = proposeWaves([...shop, db, ...others], limits({ windowSeconds: 200 }));

    expect(waves.map(({ refs, seconds }) => [refs.length, seconds])).toEqual([
      [4, 200],
      [3, 200],
      [1, 10_000],
    ]);
    expect(waves[2]).toMatchObject({ refs: ['db-1'], why: expect.stringContaining('It takes longer than the window') });
    for (const { why } of waves.slice(1))
      expect(why).toContain('“Shop” is divided, as some of it takes longer than the window is open');
    expect(waves[0]?.why).not.toContain('window');
  });

  test('say of no application that it is divided where all of it is in one wave', () => {
    const files = ['one', 'two'].map((name) => one(name, { folder: 'DC0/vm/Files', bytes: 1000 * GB }));

    const [wave, ...others] = proposeWaves(files, limits({ windowSeconds: 200 }));

    expect(others).toEqual([]);
    expect(wave?.why).toContain('Together: “Files” (2).');
    expect(wave?.why).not.toContain('divided');
  });

  test('have several of those that are longer than any window side by side', () => {
    const machines = ['a', 'b', 'c'].map((name, at) => one(name, { bytes: (1000 + at) * GB }));

    expect(refsOf([one('small'), ...machines], { windowSeconds: 100 })).toEqual([['small'], ['a', 'b'], ['c']]);
  });

  test('are made of twenty thousand machines in seconds', () => {
    const machines = Array.from({ length: 20_000 }, (_, at) => one(`m${at}`, { bytes: (1 + (at % 100)) * GB }));
    const before = process.cpuUsage();

    const waves = proposeWaves(machines, limits({ windowSeconds: 28_800, pilotMachines: 5, atOnce: 8 }));

    expect(waves.reduce((sum, { refs }) => sum + refs.length, 0)).toBe(20_000);
    expect(process.cpuUsage(before).user / 1e6).toBeLessThan(5);
  });
});

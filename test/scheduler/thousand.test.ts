/** A thousand migrations in one queue: everything that was set is obeyed, as the journal shows. */
import { expect, test, vi } from 'vitest';
import { defaultSettings, type Schedule, type SchedulerSettings } from '../../main/shared/schedule.ts';
import { audit } from './obeyed.ts';
import { dst, GIB, mig, plan, src, use } from './samples.ts';
import { SimWorld } from './sim-world.ts';

vi.setConfig({ testTimeout: 900_000 });

const COUNT = 1000;
const MINUTE = 60_000;
const nights = { opens: '0 22 * * *', minutes: 480, timeZone: 'Europe/Berlin' };
const nodes = { desk: 120 * GIB, rack1: 150 * GIB, rack2: 180 * GIB };
const settings: SchedulerSettings = {
  ...defaultSettings,
  slots: { global: 24, perSource: 10, perHost: 4, perDatastore: 5, perDestination: 14 },
  preflights: 6,
  nodesOfSource: { [src('esx')]: ['rack1', 'rack2'] },
};

/** Numbers that look like chance, and are the same each time. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state = (state * 48_271) % 2_147_483_647;
    yield state;
  }
}
const random = numbers(7);
const upTo = (most: number): number => random.next().value % most;

function scheduleOf(i: number): Partial<Schedule> {
  return {
    priority: i % 17 === 0 ? 10 : 0,
    plan: i % 5 === 4 ? null : plan(`p${i % 5}`),
    wave: 1 + Math.floor((4 * i) / COUNT),
    window: i % 11 === 0 ? nights : null,
    notBefore: i % 29 === 0 ? '2026-06-02T09:30:00.000Z' : null,
    after: i % 23 === 0 && i >= 20 ? [mig(i - 20)] : [], // of the same plan, or of none, and no later wave
    nodes: i % 13 === 0 ? ['rack2'] : [],
  };
}

const lost = { code: 'net.unreachable', message: 'Nobody answers.', remedy: 'Look at the network.', retryable: true };
const broken = { code: 'openstack.server-failed', message: 'No.', remedy: 'Mend it.', retryable: false };

test('slots, waves, windows, what comes after what, and conversion space', async () => {
  await using world = await SimWorld.make({ nodes, settings });
  const ids = Array.from({ length: COUNT }, (_, i) =>
    world.plan(i, {
      use: use({
        source: src(['vc', 'esx', 'old'][upTo(3)] ?? 'vc'),
        destination: dst(['c1', 'c2'][upTo(2)] ?? 'c1'),
        host: `h${upTo(12)}`,
        datastores: [`ds${upTo(10)}`, `ds${upTo(10)}`],
        disks: 1 + upTo(8),
        spaceBytes: (i % 50 === 0 ? 140 : upTo(20)) * GIB,
      }),
      copyMs: (1 + upTo(40)) * MINUTE,
      trouble: (run) => (i % 37 === 0 && run === 1 ? lost : i % 41 === 0 && (i + 20) % 23 !== 0 ? broken : null),
      preflightTrouble: (look) => (i % 61 === 0 && look === 1 ? lost : null),
    }),
  );
  const waitsFor = new Set<string>();
  using _listening = world.events.listen(({ event }) => {
    if (event.kind === 'migration' && event.waitsFor !== null) waitsFor.add(event.waitsFor.reason);
  });
  await world.scheduler.scheduleMany(ids.map((id, i) => ({ id, schedule: scheduleOf(i) })));
  const results = await world.scheduler.actOnMany(ids, 'start');
  expect(results.filter(({ error }) => error !== null)).toEqual([]);

  await world.untilAllOver();
  await world.settle();

  const journal = await world.journal();
  const { broken: wrong, most, mostOn, admitted } = audit(journal, { settings, nodes });
  expect(wrong).toEqual([]);
  // Every limit was reached: with one less of any, the same journal would break the law.
  expect(most).toBe(settings.slots.global);
  for (const slot of ['global', 'perSource', 'perHost', 'perDatastore', 'perDestination'] as const) {
    const slots = { ...settings.slots, [slot]: settings.slots[slot] - 1 };
    expect(audit(journal, { settings: { ...settings, slots }, nodes }).broken.length, slot).toBeGreaterThan(0);
  }
  expect([...mostOn.values()].every((count) => count > 2)).toBe(true);
  expect(admitted).toHaveLength(COUNT);
  expect([...waitsFor].sort()).toEqual(['after', 'notBefore', 'slot', 'space', 'trouble', 'turn', 'wave', 'window']);
  expect(world.details).toEqual([]);
});

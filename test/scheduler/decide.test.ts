/** Who starts, where, and what the others wait for: one decision at a time. */
import { describe, expect, test } from 'vitest';
import { decide, MOST_OVERTAKEN } from '../../main/scheduler/decide.ts';
import type { QueueEntry } from '../../main/scheduler/entries.ts';
import type { MigrationId } from '../../main/shared/migration.ts';
import { dst, GIB, mig, MONDAY_NOON, node, plan, running, situation, src, use, waiting, type Told } from './samples.ts';

const short = (id: string): string => id.slice(4).replace(/^0+/, '');
const startsOf = (told: Told): string[] => decide(situation(told)).starts.map(({ id }) => short(id));
const reasonsOf = (told: Told): Record<string, string> =>
  Object.fromEntries([...decide(situation(told)).waits].map(([id, { reason }]) => [short(id), reason]));
const waitOf = (told: Told, id: string) => decide(situation(told)).waits.get(mig(id));
const nights = { opens: '0 22 * * *', minutes: 60, timeZone: 'Europe/Berlin' };

describe('the order', () => {
  test('is by priority, then by age', () => {
    const entries = [waiting('a'), waiting('b'), waiting('c', { priority: 5 }), waiting('d', { priority: -1 })];

    expect(startsOf({ entries, slots: { global: 3 } })).toEqual(['c', 'a', 'b']);
  });

  test('has those in front that were under way already, whatever their priority and the hour', () => {
    const entries = [waiting('new', { priority: 9 }), waiting('old', { priority: -9, window: nights })];
    const stages = new Map([[mig('old'), 'waiting' as const]]);

    expect(startsOf({ entries, stages, slots: { global: 1 } })).toEqual(['old']);
  });

  test('lets plans take turns, however many machines one of them has', () => {
    const many = Array.from({ length: 20 }, (_, i) => waiting(`x${i}`, { plan: plan('x') }));
    const few = [waiting('y0', { plan: plan('y') }), waiting('y1', { plan: plan('y') })];

    const started = startsOf({ entries: [...many, ...few], slots: { global: 4, perSource: 4, perDestination: 4 } });

    expect(started).toEqual(['x0', 'y0', 'x1', 'y1']);
  });

  test('counts what runs already: the plan with less of it goes first', () => {
    const entries = [
      running('r1', { plan: plan('x') }),
      running('r2', { plan: plan('x') }),
      waiting('x1', { plan: plan('x') }),
      waiting('y1', { plan: plan('y') }),
      waiting('y2', { plan: plan('y') }),
    ];

    expect(startsOf({ entries, slots: { global: 4 } })).toEqual(['y1', 'y2']);
  });
});

describe('a slot', () => {
  const onHost = (host: string, disks = 1) => ({ use: use({ host, disks }) });

  test('of a host that is taken keeps nobody from another host', () => {
    const entries = [waiting('a', {}, onHost('h1')), waiting('b', {}, onHost('h1')), waiting('c', {}, onHost('h2'))];
    const told = { entries, slots: { perHost: 1 } };

    expect(startsOf(told)).toEqual(['a', 'c']);
    expect(waitOf(told, 'b')).toEqual({
      reason: 'slot',
      says: 'The only slot of host “h1” of “vc” is taken.',
      until: null,
    });
  });

  test.each([
    [1, 4],
    [2, 4],
    [3, 4],
    [4, 2],
    [6, 1],
    [40, 1],
  ])('of a datastore is worth two disks: machines of %d disks, %d at a time', (disks, together) => {
    const entries = Array.from({ length: 8 }, (_, i) =>
      waiting(`d${i}`, {}, { use: use({ datastores: ['ds1'], disks }) }),
    );
    const slots = { global: 8, perSource: 8, perDestination: 8, perDatastore: 4 };

    expect(startsOf({ entries, slots })).toHaveLength(together);
  });

  test.each(['global', 'perSource', 'perDestination'] as const)('counts %s', (which) => {
    const slots = { global: 9, perSource: 9, perDestination: 9, [which]: 2 };

    expect(startsOf({ entries: [1, 2, 3].map((i) => waiting(`m${i}`)), slots })).toHaveLength(2);
  });

  test('of a host is another one on another source', () => {
    const entries = [
      waiting('a', {}, { use: use({ host: 'host-1' }) }),
      waiting('b', {}, { use: use({ host: 'host-1', source: src('other') }) }),
    ];

    expect(startsOf({ entries, slots: { perHost: 1 } })).toEqual(['a', 'b']);
  });

  test('is kept for one that needs several: nobody behind it takes them away one by one', () => {
    const entries = [
      running('r', {}, onHost('h1')),
      waiting('big', {}, onHost('h1', 4)),
      waiting('s', {}, onHost('h1')),
    ];
    const told = { entries, slots: { perHost: 2 } };

    expect(startsOf(told)).toEqual([]);
    expect(reasonsOf(told)).toEqual({ big: 'slot', s: 'turn' });
  });

  test('is kept for whoever was overtaken too often, even where it stands idle for a while', () => {
    const big = waiting('big', {}, { use: use({ host: 'h1', datastores: ['ds1'], disks: 1 }) });
    const entries = [running('r', {}, onHost('h1')), big, waiting('s', {}, { use: use({ datastores: ['ds1'] }) })];
    const slots = { perHost: 1, perDatastore: 1 };

    expect(startsOf({ entries, slots })).toEqual(['s']);
    const overtaken = new Map([[mig('big'), MOST_OVERTAKEN]]);
    expect(startsOf({ entries, slots, overtaken })).toEqual([]);
  });
});

describe('a migration waits', () => {
  const alone = (change: Partial<QueueEntry['schedule']>, of: Partial<QueueEntry> = {}) => ({
    entries: [waiting('a', change, of)],
  });

  test('as long as it is held', () => {
    expect(reasonsOf(alone({ isHeld: true }))).toEqual({ a: 'hold' });
  });

  test('for its hour', () => {
    const notBefore = new Date(MONDAY_NOON + 1).toISOString();

    expect(waitOf(alone({ notBefore }), 'a')).toMatchObject({ reason: 'notBefore', until: notBefore });
    expect(startsOf({ ...alone({ notBefore }), nowMs: MONDAY_NOON + 1 })).toEqual(['a']);
  });

  test('for its window, and knows when that opens', () => {
    expect(waitOf(alone({ window: nights }), 'a')).toMatchObject({
      reason: 'window',
      until: '2026-06-01T20:00:00.000Z',
    });
    expect(decide(situation(alone({ window: nights }))).lookAgainAtMs).toBe(Date.parse('2026-06-01T20:00:00Z'));
    expect(startsOf({ ...alone({ window: nights }), nowMs: Date.parse('2026-06-01T20:30:00Z') })).toEqual(['a']);
  });

  test('after trouble, until it is tried again', () => {
    const until = new Date(MONDAY_NOON + 60_000).toISOString();
    const trouble = { tries: 1, until, reason: 'trouble' as const, says: 'The vCenter does not answer.' };

    expect(waitOf(alone({}, { trouble }), 'a')).toEqual({
      reason: 'trouble',
      says: 'The vCenter does not answer.',
      until,
    });
    expect(startsOf({ ...alone({}, { trouble }), nowMs: MONDAY_NOON + 60_000 })).toEqual(['a']);
  });

  test('while the scheduler is paused, as does everybody', () => {
    const told = { entries: [waiting('a'), waiting('b', {}, { use: null })], settings: { isPaused: true } };

    expect(decide(situation(told))).toMatchObject({ starts: [], preflights: [] });
    expect(reasonsOf(told)).toEqual({ a: 'hold', b: 'hold' });
  });
});

describe('a wave', () => {
  const inWave = (name: string, wave: number, of: Partial<QueueEntry> = {}) =>
    waiting(name, { plan: plan('p'), wave }, of);

  test('waits for one before it that another Guts has, and does not for one after it', () => {
    const entries = [inWave('a', 1), inWave('b', 3), waiting('c', { plan: plan('q'), wave: 3 })];
    const elsewhereOf = (id: string) => (id === plan('p') ? { wave: 2, at: 'rack' } : null);

    expect(startsOf({ entries: entries.slice(0, 1), elsewhereOf })).toEqual(['a']);
    const told = { entries: entries.slice(1), elsewhereOf };
    expect(startsOf(told)).toEqual(['c']);
    expect(waitOf(told, 'b')).toEqual({
      reason: 'wave',
      says: 'Wave 2 of its plan is at “rack”, where it is not over as far as is known here, and this is wave 3.',
      until: null,
    });
  });

  test('begins when the one before is over, failed or not', () => {
    const entries = [inWave('a', 1, { wish: 'none' }), inWave('b', 1, { wish: 'none' }), inWave('c', 2)];

    for (const [stage, starts] of [
      ['copying', []],
      ['planned', []],
      ['done', ['c']],
      ['failed', ['c']],
      ['cancelled', ['c']],
    ] as const) {
      const stages = new Map<MigrationId, 'done' | typeof stage>([
        [mig('a'), 'done'],
        [mig('b'), stage],
      ]);
      expect(startsOf({ entries, stages }), stage).toEqual(starts);
    }
  });

  test('is not over while one that failed is to be tried again', () => {
    const entries = [inWave('a', 1, { use: null }), inWave('b', 2)];
    const stages = new Map([[mig('a'), 'failed' as const]]);

    expect(startsOf({ entries, stages })).toEqual([]);
    expect(reasonsOf({ entries, stages })).toEqual({ b: 'wave' });
  });

  test('holds back nobody of another plan', () => {
    const entries = [inWave('a', 1), inWave('b', 2), waiting('c', { plan: plan('q'), wave: 2 })];

    expect(startsOf({ entries })).toEqual(['a', 'c']);
  });
});

describe('what comes after another', () => {
  const entries = [waiting('first', {}, { wish: 'none' }), waiting('second', { after: [mig('first')] })];

  test.each([
    ['done', ['second'], undefined],
    ['copying', [], /not done/],
    ['failed', [], /ended as “failed”/],
    ['cancelled', [], /ended as “cancelled”/],
    ['given', [], /another Guts has/],
    [null, [], /not there any more/],
  ] as const)('starts only when that is done: %s', (stage, starts, says) => {
    const told = { entries, stages: new Map([[mig('first'), stage]]) };

    expect(startsOf(told)).toEqual(starts);
    if (says !== undefined)
      expect(waitOf(told, 'second')).toMatchObject({ reason: 'after', says: expect.stringMatching(says) });
  });
});

describe('the place', () => {
  const placeOf = (told: Told) => decide(situation(told)).starts.map(({ placement }) => placement.node);
  const nodes = [node('small', 10 * GIB), node('large', 50 * GIB), node('dead', 900 * GIB, { isAlive: false })];

  test('is the node with the most room, with what was promised before taken off', () => {
    const entries = [20, 20, 20].map((gib, i) => waiting(`m${i}`, {}, { use: use({ spaceBytes: gib * GIB }) }));

    expect(placeOf({ entries, nodes })).toEqual(['large', 'large']);
    expect(reasonsOf({ entries, nodes })).toEqual({ m2: 'space' });
    const small = [5, 45, 5].map((gib, i) => waiting(`n${i}`, {}, { use: use({ spaceBytes: gib * GIB }) }));
    expect(placeOf({ entries: small, nodes })).toEqual(['large', 'large', 'small']);
  });

  test('is told with the reason', () => {
    const [start] = decide(situation({ entries: [waiting('a')], nodes })).starts;

    expect(start?.placement).toEqual({
      node: 'large',
      reason:
        'Of 2 nodes it has the most room. 50 GiB of conversion space are free there and promised to nobody; it needs 1 GiB.',
      reservedBytes: GIB,
    });
  });

  test('is one that may read from the source, and that the migration allows', () => {
    const settings = { nodesOfSource: { [src('vc')]: ['small', 'dead'] } };

    expect(placeOf({ entries: [waiting('a')], nodes, settings })).toEqual(['small']);
    expect(placeOf({ entries: [waiting('a', { nodes: ['small'] })], nodes })).toEqual(['small']);
    expect(waitOf({ entries: [waiting('a', { nodes: ['large'] })], nodes, settings }, 'a')).toMatchObject({
      reason: 'node',
    });
    expect(waitOf({ entries: [waiting('a', { nodes: ['dead'] })], nodes }, 'a')).toMatchObject({
      reason: 'node',
      says: 'No node that may run it is up: dead.',
    });
  });

  test('stays the same for one that ran already, as long as there is room', () => {
    const placement = { node: 'small', reason: '', reservedBytes: GIB };
    const stages = new Map([[mig('a'), 'waiting' as const]]);

    expect(placeOf({ entries: [waiting('a', {}, { placement })], stages, nodes })).toEqual(['small']);
    const full = [node('small', 0), node('large', 50 * GIB)];
    expect(placeOf({ entries: [waiting('a', {}, { placement })], stages, nodes: full })).toEqual(['large']);
  });

  test('is nowhere where no disk has the room: the operator learns which to clear, and others go on', () => {
    const entries = [waiting('big', {}, { use: use({ spaceBytes: 60 * GIB }) }), waiting('small')];
    const told = { entries, nodes };

    expect(startsOf(told)).toEqual(['small']);
    expect(waitOf(told, 'big')).toMatchObject({
      reason: 'space',
      says: 'It needs 60 GiB of conversion space: make room in “/var/tmp” of node “large”, which has the most.',
    });
  });
});

describe('preflights', () => {
  const planned = (name: string, change: Partial<QueueEntry['schedule']> = {}) => waiting(name, change, { use: null });

  test('run so many at a time, besides what runs, and before the hour has come', () => {
    const entries = [planned('a'), planned('b', { window: nights }), planned('c')];
    const stages = new Map(entries.map(({ id }) => [id, 'planned' as const]));
    const told = { entries, stages, settings: { preflights: 2 }, slots: { global: 1 } };

    expect(decide(situation(told)).preflights).toEqual([
      { id: mig('a'), node: 'desk' },
      { id: mig('b'), node: 'desk' },
    ]);
    expect(reasonsOf(told)).toEqual({ c: 'slot' });
    const inPreflight = new Set([mig('a'), mig('b')]);
    expect(decide(situation({ ...told, inPreflight })).preflights).toEqual([]);
  });

  test('come again before a retry, although it was measured before', () => {
    const entries = [waiting('a')];
    const stages = new Map([[mig('a'), 'failed' as const]]);

    expect(decide(situation({ entries, stages }))).toMatchObject({ starts: [], preflights: [{ id: mig('a') }] });
  });
});

describe('a node that does not reach an end of the migration', () => {
  const at = new Date(MONDAY_NOON).toISOString();
  const reach = (connection: ReturnType<typeof src> | ReturnType<typeof dst>, isReached: boolean) => ({
    connection,
    isReached,
    milliseconds: isReached ? 2 : null,
    at,
  });
  const away = node('away', 90 * GIB, { reach: [reach(src('vc'), true), reach(dst('cloud'), false)] });

  test('is not chosen, however much room it has; what was not measured counts as reached', () => {
    const nodes = [away, node('near', 10 * GIB, { reach: [reach(dst('other'), false)] })];

    const { starts } = decide(situation({ entries: [waiting('a')], nodes }));

    expect(starts.map(({ placement }) => placement.node)).toEqual(['near']);
  });

  test('is what is waited for where there is no other, also by preflight', () => {
    const blind = node('blind', 10 * GIB, { reach: [reach(src('vc'), false), reach(dst('cloud'), false)] });
    const entries = [waiting('a'), waiting('b', {}, { use: null })];

    const { starts, preflights, waits } = decide(situation({ entries, nodes: [away, blind] }));

    expect([starts, preflights]).toEqual([[], []]);
    for (const id of ['a', 'b'])
      expect(waits.get(mig(id))).toEqual({
        reason: 'node',
        says: 'No node that may run it reaches both its source and its destination: away (not its destination), blind (not its source and destination).',
        until: null,
      });
  });
});

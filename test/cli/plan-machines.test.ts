/** The machines of a plan on the command line: from lists, in waves, by templates, and checked rule by rule. */
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Plan } from '../../main/shared/plans.ts';
import { planWorld, type PlanWorld } from './plan-world.ts';

let world: PlanWorld;

beforeAll(async () => {
  world = await planWorld();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const show = (plan: string): Promise<Plan> => world.client.call('plans.show', { plan });
const wavesOf = async (plan: string): Promise<Record<string, number>> =>
  Object.fromEntries((await show(plan)).machines.map(({ vm, wave }) => [vm.name, wave]));

describe('a list of machines', () => {
  test('becomes a plan, with waves and wishes by the titles of its columns', async () => {
    const file = world.file('machines.csv');
    const uuid = (await world.client.call('instances.show', { instance: 'web-11' })).biosUuid ?? '';
    writeFileSync(
      file,
      [
        'VM;VM UUID;Wave;Target Name;Flavor;Target Network;Target IP',
        'web-10;;2;www;m1.small;lan;auto',
        `;${uuid.toUpperCase()};;;;;`,
        'web-10;;2;www;m1.small;lan;auto',
      ].join('\n'),
    );

    const done = await world.guts('plan', 'create', 'listed', '--vm-list', file, '--vm', 'files-01@3', '--map', 'lan');

    expect(done, done.stderr).toMatchObject({ code: 0 });
    expect((await show('listed')).machines).toMatchObject([
      { vm: { name: 'files-01' }, wave: 3, options: {} },
      {
        vm: { name: 'web-10' },
        wave: 2,
        options: { targetName: 'www', flavor: 'm1.small', networks: [{ from: null, to: 'lan', ip: 'auto' }] },
      },
      { vm: { name: 'web-11' }, wave: 1, options: {} },
    ]);
  });

  // Whatever had its reference by the time it started was taken for it.
  test('becomes a plan, and migrations, that know each by its identity', async () => {
    const { instanceUuid } = await world.client.call('instances.show', { instance: 'web-14' });
    await world.guts('plan', 'create', 'known', '--vm', 'web-14', '--map', 'lan');

    const started = await world.guts('plan', 'start', 'known');

    expect(started, started.stderr).toMatchObject({ code: 0 });
    const [machine] = (await show('known')).machines;
    const { request } = await world.client.call('migrations.show', { id: machine?.migration ?? '' });
    const vm = { ref: world.refOf('web-14'), name: 'web-14', uuid: instanceUuid };
    expect([machine?.vm, request.vm]).toEqual([vm, vm]);
  });

  test('makes nothing as long as a line means no machine or several, and says which; they can be left out', async () => {
    const file = world.file('unclear.txt');
    writeFileSync(file, `web-12\nnowhere\n${world.refOf('web-13')}\n`);
    const create = ['plan', 'create', 'unclear', '--vm-list', file, '--map', 'lan'];

    const refused = await world.guts(...create);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('plan.list-unclear');
    expect(refused.stderr).toContain(`${file}:2: “nowhere” is not there`);
    await expect(show('unclear')).rejects.toMatchObject({ code: 'plan.unknown' });

    const skipped = await world.guts(...create, '--skip-unmatched');
    expect(skipped, skipped.stderr).toMatchObject({ code: 0 });
    expect(skipped.stderr).toContain(`left out: ${file}:2: “nowhere” is not there`);
    expect(await wavesOf('unclear')).toEqual({ 'web-12': 1, 'web-13': 1 });
  });

  // “web-10” of DC0 was taken for one of another data centre, and a machine that is called vm-… was never looked for.
  test('finds a machine where its line says that it is, and a bare word by whatever it may be', async () => {
    const file = world.file('places.csv');
    writeFileSync(file, 'VM,Datacenter\nweb-10,DC1\nbranch-1,DC1\n');
    const ref = world.refOf('web-11');

    const placed = await world.guts('plan', 'create', 'placed', '--vm-list', file, '--map', 'lan');
    const bare = await world.client.call('plans.matchList', { source: 'vc1', text: `${ref}\nweb-12` });

    expect(placed).toMatchObject({ code: 1, stderr: expect.stringContaining('plan.list-unclear') });
    expect(placed.stderr).toContain(`${file}:2: “web-10” may be web-10 (${world.refOf('web-10')}, DC0/vm/prod/web`);
    expect(placed.stderr).not.toContain('branch-1');
    expect(bare.found.map(({ vm }) => vm.name)).toEqual(['web-11', 'web-12']);
  });

  // Of a line without titles the first cell was taken, and the others were lost: a plan had one machine of three, in wave 1.
  test.each([
    ['machines on one line', 'web-10, web-11, web-12', 'web-10, web-11, web-12'],
    ['a wave', 'web-12;3', 'web-12, 3'],
    ['a place', 'web-10\tDC1', 'web-10, DC1'],
    ['titles that nobody knows', 'Server;Welle\nweb-12;3', 'Server, Welle'],
  ])('without titles has one cell in each line: %s more is told and not lost', async (_, text, said) => {
    const file = world.file('bare.txt');
    writeFileSync(file, text);

    const done = await world.guts('plan', 'create', 'bare', '--vm-list', file, '--map', 'lan', '--skip-unmatched');

    expect(done.code).toBe(1);
    expect(done.stderr).toContain(
      `${file}:1: “${said}”: several cells, and no titles that say what they are: put titles above`,
    );
    await expect(show('bare')).rejects.toMatchObject({ code: 'plan.unknown' });
  });

  test('is told over REST with candidates, and with what its lines cannot mean', async () => {
    const text = [
      'Name,MoRef,Wave,Target IP',
      `web-10,${world.refOf('files-01')},1,`,
      'web-11,,first,',
      'web-12,,,192.0.2.1',
      'web-13,,1,',
      'web-13,,2,',
    ].join('\n');

    const list = await world.client.call('plans.matchList', { source: 'vc1', text });

    expect(list.ambiguous).toMatchObject([
      { line: 2, said: 'web-10', candidates: [{ name: 'web-10' }, { name: 'files-01', ref: world.refOf('files-01') }] },
    ]);
    expect(list.wrong).toEqual([
      { line: 3, said: 'web-11', says: '“first” is no number of a wave, which are from 1 to 9999' },
      { line: 4, said: 'web-12', says: 'a target IP needs a target network' },
      { line: 6, said: 'web-13', says: 'line 5 wishes something else for the same machine' },
    ]);
    expect(list.found.map(({ vm }) => vm.name)).toEqual(['web-13']);
    expect(list.unmatched).toEqual([]);
  });
});

describe('waves', () => {
  test('are proposed with why, change nothing until that is asked for, and can be edited after', async () => {
    const machines = ['web-10', 'web-11', 'web-12', 'odd-sata', 'odd-ide'].map((vm) => ({ vm }));
    await world.client.call('plans.create', { name: 'spring', source: 'vc1', destination: 'os1', machines });

    const shown = await world.guts('plan', 'waves', 'spring', '--most', '3', '--pilot', '1', '--by', 'prefix');
    expect(shown, shown.stderr).toMatchObject({ code: 0 });
    expect(shown.stdout).toMatch(/wave 1 \(pilot\): 1 machine, [^]*Together: “web” \(3\)[^]*Nothing is changed/);
    expect(new Set(Object.values(await wavesOf('spring')))).toEqual(new Set([1]));

    const applied = await world.guts(
      'plan',
      'waves',
      'spring',
      '--most',
      '3',
      '--pilot',
      '1',
      '--by',
      'prefix',
      '--apply',
    );
    expect(applied, applied.stderr).toMatchObject({ code: 0 });
    const waves = await wavesOf('spring');
    expect(waves['web-10']).toBe(waves['web-11']);
    expect(Math.max(...Object.values(waves))).toBeGreaterThan(1);

    const moved = await world.guts(
      'plan',
      'move',
      'spring',
      '--vm',
      'web-11',
      '--vm',
      world.refOf('web-12'),
      '--wave',
      '7',
    );
    expect(moved, moved.stderr).toMatchObject({ code: 0 });
    expect(await wavesOf('spring')).toEqual({ ...waves, 'web-11': 7, 'web-12': 7 });
    const stranger = await world.guts('plan', 'move', 'spring', '--vm', 'web-13', '--wave', '2');
    expect(stranger).toMatchObject({ code: 1, stderr: expect.stringContaining('“web-13” is not in the plan') });
  });

  test('get names and times of their own, and give them back', async () => {
    const machines = [{ vm: 'web-10' }];
    await world.client.call('plans.create', { name: 'timed', source: 'vc1', destination: 'os1', machines });
    const weekend = ['--window', '0 8 * * 6 for 600 min in Europe/Berlin'];

    const named = await world.guts('plan', 'wave', 'timed', '2', '--name', 'databases');
    const timed = await world.guts('plan', 'wave', 'timed', '2', ...weekend);
    expect(named, named.stderr).toMatchObject({ code: 0 });
    expect(timed.stdout).toMatch(/2 +databases +600 min from “0 8 \* \* 6” \(Europe\/Berlin\)/);
    expect((await show('timed')).waves).toMatchObject([{ number: 2, name: 'databases', window: { minutes: 600 } }]);

    await world.guts('plan', 'wave', 'timed', '2', '--as-plan');
    expect((await show('timed')).waves).toEqual([]);
    expect(await world.guts('plan', 'wave', 'timed', '2')).toMatchObject({ code: 2 });
    await expect(
      world.client.call('plans.change', { plan: 'timed', waves: [{ number: 1 }, { number: 1 }] }),
    ).rejects.toMatchObject({ code: 'plan.bad-waves' });
  });

  test('that have begun stay, and machines that are added go where they are told', async () => {
    const machines = [{ vm: 'web-10', wave: 2 }];
    const sides = { source: 'vc1', destination: 'os1' };
    await world.client.call('plans.create', { name: 'begun', ...sides, machines, options: { networks: [] } });
    await world.client.call('plans.start', { plan: 'begun' });

    const added = await world.guts('plan', 'add', 'begun', '--vm', 'web-11', '--vm', 'web-12');
    expect(added, added.stderr).toMatchObject({ code: 0 });
    const again = await world.guts('plan', 'add', 'begun', '--vm', 'web-11');
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('“web-11” is in it already') });
    await world.guts('plan', 'waves', 'begun', '--apply');
    expect(await wavesOf('begun')).toEqual({ 'web-10': 2, 'web-11': 3, 'web-12': 3 });
    const fixed = await world.guts('plan', 'move', 'begun', '--vm', 'web-10', '--wave', '5');
    expect(fixed).toMatchObject({ code: 1, stderr: expect.stringContaining('plan.under-way') });
  });
});

describe('a template', () => {
  test('keeps everything of a plan but its machines, and what is typed goes before it', async () => {
    const window = { opens: '0 22 * * 1-5', minutes: 360, timeZone: 'Europe/Berlin' };
    await world.client.call('plans.create', {
      name: 'pattern',
      source: 'vc1',
      destination: 'os1',
      window,
      options: { boot: 'volume', flavor: 'm1.small', networks: [{ from: null, to: 'lan', ip: 'auto' }] },
      waves: [
        { number: 1, name: 'pilot', notBefore: '2030-01-01T00:00:00Z' },
        { number: 2, notBefore: '2030-02-01T00:00:00Z' },
      ],
      machines: [{ vm: 'web-10' }],
    });

    const saved = await world.guts('plan', 'template', 'save', 'nightly', '--plan', 'pattern');
    const twice = await world.guts('plan', 'template', 'save', 'Nightly', '--plan', 'pattern');
    const created = await world.guts(
      'plan',
      'create',
      'by-night',
      '--template',
      'nightly',
      '--vm',
      'web-11',
      '--flavor',
      'm1.large',
    );

    expect(saved, saved.stderr).toMatchObject({ code: 0 });
    expect(twice).toMatchObject({ code: 1, stderr: expect.stringContaining('plan.template-name-taken') });
    expect(created, created.stderr).toMatchObject({ code: 0 });
    expect(await show('by-night')).toMatchObject({
      window,
      waves: [{ number: 1, name: 'pilot', window: null, notBefore: null }],
      options: { boot: 'volume', flavor: 'm1.large', networks: [{ to: 'lan', ip: 'auto' }] },
      machines: [{ vm: { name: 'web-11' } }],
    });
    expect((await world.guts('plan', 'template', 'list')).stdout).toContain('nightly');
    expect(await world.guts('plan', 'template', 'delete', 'nightly')).toMatchObject({ code: 0 });
    expect(await world.guts('plan', 'template', 'show', 'nightly')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('plan.template-unknown'),
    });
  });
});

describe('a check of a plan', () => {
  test('holds the rules against each machine with its own options, and tells rule by rule', async () => {
    await world.client.call('plans.create', {
      name: 'checked',
      source: 'vc1',
      destination: 'os1',
      options: { networks: [{ from: null, to: 'lan', ip: 'auto' }] },
      machines: [
        { vm: 'shop-01' },
        { vm: 'files-01', options: { networks: [{ from: null, to: 'no-such-network', ip: 'auto' }] } },
      ],
    });

    const done = await world.guts('check', 'checked');
    const json = await world.guts('check', 'checked', '--json');
    const typed = await world.guts('check', 'checked', '--flavor', 'm1.small');

    expect(done.code).toBe(1);
    expect(done.stdout).toMatch(
      /^checked: 1 of 2 can be moved, 1 CANNOT be moved like this\n\nSTOPS [A-Z]+-\d+[a-z]?, 1 machine: /,
    );
    expect(done.stdout).toMatch(/ {4}files-01: .*\n {2}What to do: /);
    expect(done.stderr).toContain('check.blocked: 1 cannot be moved like this: files-01.');
    expect(JSON.parse(json.stdout)).toMatchObject({
      plan: { name: 'checked' },
      checks: [
        { vm: { name: 'shop-01' }, mayStart: true },
        { vm: { name: 'files-01' }, mayStart: false },
      ],
    });
    expect(typed).toMatchObject({ code: 2 });
  });
});

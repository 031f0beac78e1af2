/** A plan as a file between the window and the command line: exported, changed by hand, imported and started, it does what the window's would. */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultOptions } from '../../main/shared/migration.ts';
import type { Plan } from '../../main/shared/plans.ts';
import { newDraft, wishOf } from '../../renderer/screens/plans/wizard/draft.ts';
import { startVcenter, type Vcenter } from '../lab/vcenter/vcenter.ts';
import { MiB } from '../support/disks.ts';
import { planWorld, type PlanWorld } from './plan-world.ts';

let world: PlanWorld;

beforeAll(async () => {
  world = await planWorld();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const night = { opens: '0 22 * * 1-5', minutes: 360, timeZone: 'Europe/Berlin' };
const networks = [{ from: null, to: 'lan', ip: 'keep' as const, proposed: 'only' as const }];

/** As the wizard writes it down when its last step is confirmed. */
const byWizard = (name: string, change: Partial<ReturnType<typeof newDraft>> = {}): Promise<Plan> =>
  world.client.call(
    'plans.create',
    wishOf(
      {
        ...newDraft(name, 'vc1', 'os1'),
        window: night,
        machines: [
          { ref: world.refOf('web-10'), name: 'web-10', wave: 1, options: {}, migration: null },
          { ref: world.refOf('web-11'), name: 'web-11', wave: 2, options: { flavor: 'm1.small' }, migration: null },
          { ref: world.refOf('files-01'), name: 'files-01', wave: 2, options: {}, migration: null },
        ],
        ...change,
      },
      networks,
    ),
  );

/** What became of a plan, without what is each migration's own. */
async function migrationsOf(plan: string): Promise<unknown[]> {
  const { machines } = await world.client.call('plans.show', { plan });
  const all: unknown[] = [];
  for (const { migration } of machines) {
    const { request, schedule, stage, isQueued } = await world.client.call('migrations.show', { id: migration ?? '' });
    const { vm, source, destination, options } = request;
    all.push({ vm, source, destination, options, schedule: { ...schedule, plan: null }, stage, isQueued });
  }
  return all;
}

describe('a plan of the window', () => {
  test('is exported, imported under another name and started, and gives the same migrations', async () => {
    await byWizard('spring');
    const exported = await world.guts('plan', 'export', 'spring', '-o', world.file('spring.yaml'));
    const imported = await world.guts('plan', 'import', world.file('spring.yaml'), '--name', 'again');
    expect(exported, exported.stderr).toMatchObject({ code: 0 });
    expect(imported, imported.stderr).toMatchObject({ code: 0 });

    await world.client.call('plans.start', { plan: 'spring' });
    const started = await world.guts('plan', 'start', 'again');

    expect(started, started.stderr).toMatchObject({ code: 0 });
    const migrations = await migrationsOf('again');
    expect(migrations).toEqual(await migrationsOf('spring'));
    expect(migrations).toMatchObject([
      {
        vm: { name: 'web-10' },
        options: { ...defaultOptions, accept: [], networks },
        schedule: { wave: 1, window: night },
        isQueued: true,
      },
      { vm: { name: 'web-11' }, options: { flavor: 'm1.small' }, schedule: { wave: 2 } },
      { vm: { name: 'files-01' }, schedule: { wave: 2 } },
    ]);
  });

  test('is changed by hand in the file, and does what the window would with the same changes', async () => {
    await byWizard('summer');
    await world.guts('plan', 'export', 'summer', '-o', world.file('summer.yaml'));
    const text = readFileSync(world.file('summer.yaml'), 'utf8');
    const edited = text
      .replace('name: summer', 'name: summer by hand')
      .replace(
        'waves: []',
        'waves:\n  - number: 2\n    name: files # the large ones\n    notBefore: 2030-01-01T00:00:00Z',
      )
      .replace('  - vm: web-11\n    wave: 2\n    options:\n      flavor: m1.small', '  - vm: web-11\n    wave: 1')
      .replace(
        '  - vm: files-01\n    wave: 2\n    options: {}',
        `  - vm: {ref: ${world.refOf('files-01')}}\n    wave: 2\n    options: { boot: volume }`,
      );
    writeFileSync(world.file('summer.yaml'), edited);

    const imported = await world.guts('plan', 'import', world.file('summer.yaml'));
    expect(imported, imported.stderr).toMatchObject({ code: 0 });
    const { name } = await byWizard('summer by wizard', {
      machines: [
        { ref: world.refOf('web-10'), name: 'web-10', wave: 1, options: {}, migration: null },
        { ref: world.refOf('web-11'), name: 'web-11', wave: 1, options: {}, migration: null },
        { ref: world.refOf('files-01'), name: 'files-01', wave: 2, options: { boot: 'volume' }, migration: null },
      ],
    });
    const waves = [{ number: 2, name: 'files', window: null, notBefore: '2030-01-01T00:00:00Z' }];
    await world.client.call('plans.change', { plan: name, waves });
    await world.client.call('plans.start', { plan: name });
    await world.guts('plan', 'start', 'summer by hand');

    const migrations = await migrationsOf('summer by hand');
    expect(migrations).toEqual(await migrationsOf(name));
    expect(migrations).toMatchObject([
      { schedule: { wave: 1, notBefore: null, window: night } },
      { schedule: { wave: 1, notBefore: null }, options: { flavor: null } },
      { schedule: { wave: 2, notBefore: '2030-01-01T00:00:00Z', window: night }, options: { boot: 'volume' } },
    ]);
  });

  test('takes the place of the one that has its name, when that is asked for', async () => {
    await byWizard('autumn');
    await world.guts('plan', 'export', 'autumn', '-o', world.file('autumn.json'));
    const text = readFileSync(world.file('autumn.json'), 'utf8');
    writeFileSync(world.file('autumn.json'), text.replace('"priority": 0', '"priority": 7'));

    const refused = await world.guts('plan', 'import', world.file('autumn.json'));
    const replaced = await world.guts('plan', 'import', world.file('autumn.json'), '--replace');

    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('plan.name-taken') });
    expect(replaced, replaced.stderr).toMatchObject({ code: 0 });
    expect(await world.client.call('plans.show', { plan: 'autumn' })).toMatchObject({ priority: 7 });
  });
});

// An ambiguous name was written as a bare ref, and that was taken for whatever machine another vCenter calls so.
describe('a plan of a machine that has its name with another one', () => {
  let vc2: Vcenter;
  let ref = '';
  beforeAll(async () => {
    const twin = (folder: string) =>
      ({ name: 'twin', folder, disks: [{ sizeBytes: MiB, isThin: true }], nics: [{ network: 'VM Network' }] }) as const;
    vc2 = await startVcenter({ machines: [twin('prod'), twin('test')], withOthers: false });
    const { url, user: userName, password: secret, fingerprint: sha256 } = vc2;
    const trust = { kind: 'pinned', sha256 } as const;
    await world.client.call('sources.create', { name: 'vc2', url, userName, secret, trust });
    await world.client.call('sources.refresh', { source: 'vc2' });
    const { instances } = await world.client.call('instances.list', { source: 'vc2' });
    ref = instances.find(({ folder }) => folder.endsWith('/test'))?.ref ?? '';
    const machines = [{ vm: ref }];
    await world.client.call('plans.create', { name: 'twins', source: 'vc2', destination: 'os1', machines });
  });
  afterAll(async () => {
    await vc2[Symbol.asyncDispose]();
  });
  const machinesOf = async (plan: string) =>
    (await world.client.call('plans.show', { plan })).machines.map(({ vm }) => vm);

  test('says all that the machine is known by, and comes back as the same one, also under another name of its source', async () => {
    const exported = await world.guts('plan', 'export', 'twins', '-o', world.file('twins.yaml'));
    const text = readFileSync(world.file('twins.yaml'), 'utf8');
    writeFileSync(world.file('renamed.yaml'), text.replace('source: vc2', 'source: branch'));

    const same = await world.guts('plan', 'import', world.file('twins.yaml'), '--name', 'same');
    const renamed = await world.guts(
      'plan',
      'import',
      world.file('renamed.yaml'),
      '--source',
      'vc2',
      '--name',
      'moved',
    );
    const elsewhere = await world.guts(
      'plan',
      'import',
      world.file('twins.yaml'),
      '--source',
      'vc1',
      '--name',
      'other',
    );

    expect(exported, exported.stderr).toMatchObject({ code: 0 });
    expect(text).toMatch(new RegExp(`- vm:\\n +ref: ${ref}\\n +name: twin\\n +uuid: [0-9a-f-]{36}\\n`));
    expect([same.code, renamed.code], same.stderr + renamed.stderr).toEqual([0, 0]);
    expect([await machinesOf('same'), await machinesOf('moved')]).toMatchObject([
      [{ ref, name: 'twin' }],
      [{ ref, name: 'twin' }],
    ]);
    const { name } = await world.client.call('instances.show', { instance: ref, source: 'vc1' });
    expect(name).not.toBe('twin');
    expect(elsewhere.code).toBe(1); // the labs give machines of one ref the same UUID
    expect(elsewhere.stderr).toMatch(
      new RegExp(`“twin” may be ${name} \\(${ref}, .+: name it by its UUID, as \\{uuid: …\\}`),
    );
  });

  test('as an older Guts wrote it, by its ref, is believed of its own source alone', async () => {
    const file = world.file('older.yaml');
    writeFileSync(file, `name: older\nsource: vc2\ndestination: os1\nmachines:\n  - vm: ${ref}\n`);

    const same = await world.guts('plan', 'import', file);
    const elsewhere = await world.guts('plan', 'import', file, '--source', 'vc1', '--name', 'other');

    expect(same, same.stderr).toMatchObject({ code: 0 });
    expect(await machinesOf('older')).toMatchObject([{ ref, name: 'twin' }]);
    expect((await world.client.call('instances.list', { source: 'vc1' })).instances.map((one) => one.ref)).toContain(
      ref,
    );
    expect(elsewhere.code).toBe(1);
    expect(elsewhere.stderr).toContain(
      `${file}:5:9: machines[0].vm: “${ref}” is not there in “vc1”; a ref means a machine of “vc2” alone: give its name or UUID`,
    );
  });
});

describe('a plan file that is wrong', () => {
  test('is refused with line, column and field of everything, and nothing is written down', async () => {
    const before = await world.client.call('plans.list', {});
    const file = world.file('wrong.yaml');
    writeFileSync(
      file,
      [
        'name: winter',
        'prority: 3',
        'window: {opens: 0 22 * * 1-5, minutes: 360, timeZone: Europe/Berlin_}',
        'machines:',
        '  - vm: web-10',
        '    wave: two',
        '  - vm: web-11',
        '    options:',
        '      flavour: m1.small',
      ].join('\n'),
    );

    const done = await world.guts('plan', 'import', file);

    expect(done.code).toBe(1);
    expect(done.stderr.split('\n')).toEqual([
      `guts: file.wrong: “${file}” is not as it should be:`,
      `${file}:2:1: prority: there is no such field; did you mean “priority”?`,
      expect.stringContaining(`${file}:3:17: window.opens: says no time`),
      `${file}:6:11: machines[0].wave: has to be a number, not a text`,
      `${file}:9:7: machines[1].options.flavour: there is no such field; did you mean “flavor”?`,
      expect.stringContaining('What to do:'),
      '',
    ]);
    expect(await world.client.call('plans.list', {})).toEqual(before);
  });

  test('is refused with the places of signs that are no YAML, and of machines that are not there', async () => {
    const file = world.file('machines.yaml');
    writeFileSync(file, 'name: winter\nmachines:\n  - vm: web-10\n   - vm: web-11\n');
    const torn = await world.guts('plan', 'import', file);
    writeFileSync(
      file,
      `name: winter\nmachines:\n  - vm: web-10\n  - vm: nowhere\n  - vm: {ref: ${world.refOf('web-11')}}\n  - vm: web-11\n`,
    );
    const lost = await world.guts('plan', 'import', file, '--source', 'vc1');

    expect(torn).toMatchObject({ code: 1, stderr: expect.stringMatching(/machines\.yaml:4:\d+: /) });
    expect(lost.code).toBe(1);
    expect(lost.stderr).toContain(`${file}:4:9: machines[1].vm: “nowhere” is not there in “vc1”`);
    expect(lost.stderr).toContain(`${file}:6:9: machines[3].vm: “web-11” is machines[2] already`);
  });
});

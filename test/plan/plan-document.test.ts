/** A plan as a file: what comes back is what went out, by names and without secrets; older files are read, and the schema is the published one. */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import { DestinationId, SourceId } from '../../main/shared/connections.ts';
import { MigrationId } from '../../main/shared/migration.ts';
import { documentOf, hasUserData, PlanDocument, planJsonSchema } from '../../main/shared/plan-document.ts';
import { problemsText } from '../../main/shared/file-problems.ts';
import { Plan, timesOf } from '../../main/shared/plans.ts';
import { PlanId } from '../../main/shared/schedule.ts';
import { demandWritten, readWritten } from '../../main/yaml-problems.ts';

const night = { opens: '0 22 * * 1-5', minutes: 360, timeZone: 'Europe/Berlin' };
const weekend = { opens: '0 8 * * 6', minutes: 600, timeZone: 'Europe/Berlin' };
const plan: Plan = {
  id: PlanId.parse('pln_000000000001'),
  name: 'spring',
  source: SourceId.parse('src_000000000001'),
  destination: DestinationId.parse('dst_000000000001'),
  options: { boot: 'volume', userData: 'password: hunter2' },
  window: night,
  notBefore: null,
  priority: 3,
  waves: [{ number: 2, name: 'databases', window: weekend, notBefore: null }],
  machines: [
    {
      vm: { ref: 'vm-1', name: 'web-01' },
      wave: 1,
      options: {},
      migration: MigrationId.parse('mig_000000000001'),
    },
    { vm: { ref: 'vm-2', name: 'twin' }, wave: 2, options: { flavor: 'm1.small' }, migration: null },
  ],
  createdAt: '2026-11-21T14:02:00.000Z',
  startedAt: null,
};
const names = {
  ofConnection: (id: string) => (id.startsWith('src') ? 'vc1' : 'os1'),
  isAmbiguous: (vm: string) => vm === 'twin',
  uuidOf: (ref: string) => `of ${ref}`,
};
const problemsIn = (text: string): string => {
  const read = readWritten(PlanDocument, text);
  return read.isSound ? 'sound' : problemsText('spring.yaml', read.problems);
};

describe('a plan as a file', () => {
  test('has names instead of ids, no migrations, and nothing of what may be secret', () => {
    const text = JSON.stringify(documentOf(plan, names));

    expect(JSON.parse(text)).toMatchObject({ schemaVersion: 1, name: 'spring', source: 'vc1', destination: 'os1' });
    expect(text).not.toMatch(/hunter2|userData|mig_|src_|dst_|pln_/);
    expect(hasUserData(plan)).toBe(true);
  });

  test('is read back as the same plan', () => {
    expect(demandWritten(PlanDocument, 'spring.json', JSON.stringify(documentOf(plan, names)))).toEqual({
      schemaVersion: 1,
      name: 'spring',
      source: 'vc1',
      destination: 'os1',
      options: { boot: 'volume' },
      window: night,
      notBefore: null,
      priority: 3,
      waves: plan.waves,
      machines: [
        { vm: 'web-01', wave: 1, options: {} },
        { vm: { ref: 'vm-2', name: 'twin', uuid: 'of vm-2' }, wave: 2, options: { flavor: 'm1.small' } },
      ],
    });
  });

  test('is read in the forms that older Guts wrote, and as REST gives a plan', () => {
    const ofCommandLine =
      'name: spring\nsource: vc1\ndestination: os1\noptions: {}\nwindow: null\nnotBefore: null\npriority: 0\nmachines:\n  - vm: vm-1\n    wave: 1\n    options: {}\n';
    const ofWindow = {
      schemaVersion: 1,
      name: 'spring',
      source: 'vc1',
      destination: 'os1',
      machines: [{ vm: 'web-01' }],
    };

    expect(demandWritten(PlanDocument, 'a', ofCommandLine)).toMatchObject({ waves: [], machines: [{ vm: 'vm-1' }] });
    expect(demandWritten(PlanDocument, 'a', JSON.stringify(ofWindow))).toMatchObject({ machines: [{ wave: 1 }] });
    expect(demandWritten(PlanDocument, 'a', JSON.stringify(plan))).toMatchObject({ waves: plan.waves });
  });

  test('says of windows, waves, options and networks what is wrong, in their places', () => {
    const text = [
      'name: spring',
      'window: {opens: every night, minutes: 60, timeZone: Europe/Berlin}',
      'waves:',
      '  - number: 2',
      '  - number: 2',
      '    windows: null',
      'options:',
      '  boot: floppy',
      '  networks:',
      '    - {from: null, to: lan, ip: 300.1.1.1}',
      '    - {from: null, too: lan, ip: keep}',
      'machines:',
      '  - vm: {}',
      '  - vm: web-01',
      '    options: {flavour: m1.small}',
    ].join('\n');

    expect(problemsIn(text).split('\n')).toEqual([
      expect.stringMatching(/^spring\.yaml:2:17: window\.opens: says no time/),
      'spring.yaml:5:13: waves[1].number: wave 2 stands there already',
      'spring.yaml:6:5: waves[1].windows: there is no such field; did you mean “window”?',
      'spring.yaml:8:9: options.boot: has to be “image” or “volume”',
      'spring.yaml:10:33: options.networks[0].ip: has to be “keep” or “auto”, an IPv4 address or an IPv6 address',
      'spring.yaml:11:7: options.networks[1].to: is missing',
      'spring.yaml:11:20: options.networks[1].too: there is no such field; did you mean “to”?',
      'spring.yaml:13:9: machines[0].vm: has neither ref, name nor uuid',
      'spring.yaml:15:15: machines[1].options.flavour: there is no such field; did you mean “flavor”?',
    ]);
  });

  test('has a schema for editors, which is the one that is published', () => {
    const published = path.resolve(import.meta.dirname, '../../docs/plan.schema.json');

    expect(JSON.parse(readFileSync(published, 'utf8'))).toEqual(JSON.parse(JSON.stringify(planJsonSchema())));
  });
});

test('a plan that an older Guts kept has no waves of its own, and a wave has the times of its plan where it has none', () => {
  const { waves: _none, ...older } = plan;

  expect(Plan.parse(older).waves).toEqual([]);
  expect(timesOf(plan, 1)).toEqual({ window: night, notBefore: null });
  expect(timesOf(plan, 2)).toEqual({ window: weekend, notBefore: null });
});

/** A site's own rules: what may stand in its file, what is wrong with one, and what they do to a check. */
import { describe, expect, test } from 'vitest';
import type { Checked } from '../../main/shared/preflight.ts';
import type { Condition, SiteRules } from '../../main/shared/site-rules.ts';
import { readSiteRules } from '../../main/site-rules.ts';
import { moveFactsOf } from '../../worker/plan/plan.ts';
import { catalogue } from '../../worker/preflight/catalogue.ts';
import { check } from '../../worker/preflight/check.ts';
import { moveRules } from '../../worker/preflight/move-rules.ts';
import { withSite } from '../../worker/preflight/site/with-site.ts';
import { disk, input, machine, nic } from '../plan/sample.ts';

const read = (...lines: readonly string[]): SiteRules => readSiteRules(catalogue(), 'preflight.yaml', lines.join('\n'));
/** What is wrong with a file of these lines, line by line. */
const wrongWith = (...lines: readonly string[]): readonly string[] => {
  try {
    read(...lines);
  } catch (error) {
    return error instanceof Error ? error.message.split('\n').slice(1) : []; // behind the line that names the file
  }
  return [];
};
const checked = (site: SiteRules, change: Parameters<typeof input>[0] = {}): Checked =>
  check(withSite(moveRules, site), moveFactsOf(input(change)));

const withSnapshot = machine({ snapshots: [{ ref: 's', name: 's', createdAt: '2026-01-01T00:00:00Z', depth: 0 }] });
const finance = [
  'rules:',
  '  - id: SITE-01',
  '    severity: blocks',
  '    says: Machines of the finance department move on weekends only.',
  '    remedy: Ask its administrators for a window.',
  '    when:',
];

describe('the file of a site', () => {
  test('weighs rules otherwise, leaves rules out with a reason, and has rules of its own', () => {
    const site = read(
      'severities:',
      '  CBT-04: blocks',
      'off:',
      '  VM-05: names are twins here',
      ...finance,
      '      tags: Dept:Finance',
    );

    const { findings, notHeld } = checked(site, { vm: { ...withSnapshot, tags: ['Env:Prod', 'Dept:Finance'] } });

    expect(findings.map(({ id, severity, about }) => ({ id, severity, about }))).toEqual([
      { id: 'CBT-04', severity: 'blocks', about: ['1 snapshot, 1 of them older than 3 days'] },
      { id: 'SITE-01', severity: 'blocks', about: ['tags: “Env:Prod”, “Dept:Finance”'] },
    ]);
    expect(notHeld).toContainEqual({ id: 'VM-05', why: 'this site leaves it out: names are twins here' });
  });

  test('is told everything that is wrong with it, each with its line and its field', () => {
    const wrong = wrongWith(
      'severities:',
      '  CBT-04: deadly',
      'offf: {}',
      ...finance,
      '      memoryGiB: { above: much }',
      '      folders: prod/*',
      '  - id: MY-1',
      '    severity: warns',
      '    says: Something.',
      '    when: { any: [] }',
    );

    expect(wrong).toEqual([
      expect.stringMatching(/^preflight\.yaml:2:11: severities\.CBT-04: /),
      'preflight.yaml:3:1: offf: there is no such field; did you mean “off”?',
      expect.stringMatching(/^preflight\.yaml:10:27: rules\[0\]\.when\.memoryGiB\.above: /),
      'preflight.yaml:11:7: rules[0].when.folders: there is no such field; did you mean “folder”?',
      'preflight.yaml:12:5: rules[1].remedy: is missing',
      'preflight.yaml:12:9: rules[1].id: has to be like SITE-01',
      expect.stringMatching(/^preflight\.yaml:15:18: rules\[1\]\.when\.any: /),
    ]);
  });

  test('names no rule that is not there, none twice, and none in two ways', () => {
    expect(wrongWith('severities: { CBT-4: blocks }', 'off:', '  CBT-05: nobody consolidates')).toEqual([
      'preflight.yaml:1:22: severities.CBT-4: there is no rule CBT-4; did you mean CBT-04?',
    ]);
    expect(wrongWith('severities: { CBT-05: blocks }', 'off:', '  CBT-05: nobody consolidates')).toEqual([
      'preflight.yaml:3:11: off.CBT-05: CBT-05 is given a severity, too',
    ]);
    expect(wrongWith(...finance, '      tags: a', ...finance.slice(1), '      tags: b')).toEqual([
      'preflight.yaml:8:9: rules[1].id: SITE-01 is there twice',
    ]);
  });

  test('cannot weaken what has to block, since a move in spite of it cannot work', () => {
    const [lowered = '', ...others] = wrongWith('severities:', '  DSK-04: warns', '  HV-02: warns');

    expect(lowered).toMatch(/^preflight\.yaml:2:11: severities\.DSK-04: DSK-04 has to block: /);
    expect(others).toEqual([]);
    expect(wrongWith('off:', '  OST-02: we have flavors').join()).toContain('OST-02 has to block');
    expect(wrongWith('severities:', '  DSK-04: blocks')).toEqual([]);
  });

  test('that came to the engine by another way weakens nothing either', () => {
    const site: SiteRules = { severities: { 'DSK-04': 'informs' }, off: { 'DSK-20': 'no reason' }, rules: [] };

    expect(checked(site, { vm: machine({ disks: [disk({ rawDevice: 'virtual' })] }) }).findings).toMatchObject([
      { id: 'DSK-04', severity: 'blocks' },
    ]);
    expect(checked(site, { vm: machine({ disks: [] }) }).findings.map(({ id }) => id)).toContain('DSK-20');
  });

  test.each(['no: [sound', '- a list', 'a text', `rules: [${'{not: '.repeat(3000)}`])(
    '“%s” is no such file',
    (text) => {
      expect(wrongWith(text).length).toBeGreaterThan(0);
    },
  );
});

describe('a condition', () => {
  const found = (when: Condition, vm = machine()): Pick<Checked, 'notHeld'> & { readonly about: readonly string[] } => {
    const rule = { id: 'SITE-01', severity: 'warns', says: 'So it is.', remedy: 'Look.', when } as const;
    const { findings, notHeld } = checked({ severities: {}, off: {}, rules: [rule] }, { vm });
    return {
      about: findings.find(({ id }) => id === 'SITE-01')?.about ?? [],
      notHeld: notHeld.filter(({ id }) => id === 'SITE-01'),
    };
  };

  test.each<[Condition, string[]]>([
    [{ name: 'WE*' }, ['name: “web”']],
    [{ name: ['db-*', 'w?b'] }, ['name: “web”']],
    [{ folder: 'DC0/*', cpus: 2 }, ['folder: “DC0/vm”', 'cpus: 2']],
    [{ guestOs: '*ubuntu*' }, ['guestOs: “ubuntu64Guest”, “Ubuntu Linux (64-bit)”']],
    [{ memoryGiB: { atLeast: 4, below: 5 } }, ['memoryGiB: 4']],
    [{ networks: 'lan', datastores: 'ds' }, ['networks: “lan”', 'datastores: “ds”']],
    [{ any: [{ name: 'db' }, { largestDiskGiB: { above: 9 } }] }, ['largestDiskGiB: 10']],
    [{ all: [{ power: 'off' }, { not: { tags: 'Backup:*' } }] }, ['power: “off”', 'tags: none']],
    [{ not: { any: [{ secureBoot: true }, { cards: { above: 1 } }] } }, ['secureBoot: no', 'cards: 1']],
  ])('%j holds of the sound machine, and says why', (when, about) => {
    expect(found(when).about).toEqual(about);
    expect(found({ not: when }).about).toEqual([]);
  });

  test.each<Condition>([
    { name: 'we' },
    { name: 'web', cpus: { above: 2 } },
    { annotation: '*', memoryGiB: 5 },
    { any: [{ name: 'db' }, { hasTpm: true }] },
    { snapshots: { atLeast: 1 } },
    { isTemplate: true },
  ])('%j does not hold of it', (when) => {
    expect(found(when)).toEqual({ about: [], notHeld: [] });
  });

  test('that depends on what nobody tells is not held, and says what that is', () => {
    const old = { hardwareVersion: { below: 10 } };
    const silent = machine({ hardwareVersion: null, cluster: null });

    expect(found(old, silent).notHeld).toEqual([{ id: 'SITE-01', why: 'nothing is known of its hardwareVersion' }]);
    expect(found({ any: [old, { cluster: 'prod' }] }, silent).notHeld).toEqual([
      { id: 'SITE-01', why: 'nothing is known of its hardwareVersion, cluster' },
    ]);
  });

  test('that is decided without it is held all the same', () => {
    const silent = machine({ hardwareVersion: null });

    expect(found({ any: [{ hardwareVersion: 7 }, { name: 'web' }] }, silent).about).toEqual(['name: “web”']);
    expect(found({ hardwareVersion: 7, name: 'db' }, silent)).toEqual({ about: [], notHeld: [] });
  });

  test('takes a pattern for what it says, however many stars it has and however long the text is', () => {
    const vm = machine({ annotation: `${'a'.repeat(50_000)}b`, nics: [nic({ networkName: 'LAN (trunk)+' })] });

    expect(found({ annotation: `${'*a'.repeat(100)}*c` }, vm).about).toEqual([]);
    expect(found({ annotation: `${'*a'.repeat(100)}*B` }, vm).about).toEqual([`annotation: “${'a'.repeat(80)}…”`]);
    expect(found({ networks: 'lan (trunk)+' }, vm).about).toEqual(['networks: “LAN (trunk)+”']);
  });
});

/** `guts assess`, as somebody runs it who has nothing but an export: without set-up, and with nothing sent anywhere. */
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Assessment, AssessmentSummary } from '../../main/shared/assessment.ts';
import { scratch } from '../support/disks.ts';
import { guts } from '../support/guts.ts';
import { readPdf } from '../support/pdf-text.ts';
import { rvtoolsSheets, type MadeMachine } from '../support/rvtools.ts';
import { workbookBytes } from '../support/workbook.ts';

const web: MadeMachine = {
  name: 'web-01',
  number: 1,
  cpus: 4,
  memoryMib: 8192,
  disks: [{ gib: 40 }],
  nics: [{ network: 'Prod', mac: '00:50:56:aa:00:01', ips: ['10.20.30.5'] }],
};
const db: MadeMachine = {
  name: '=cmd|calc',
  number: 2,
  os: 'Microsoft Windows Server 2008 R2 (64-bit)',
  power: 'poweredOff',
  disks: [{ gib: 60, raw: 'physicalMode' }],
  nics: [{ network: 'Prod', mac: '00:50:56:aa:00:02' }],
};

interface Place extends Disposable {
  readonly file: (name: string) => string;
  readonly export: (name: string, machines: readonly MadeMachine[]) => string;
  readonly run: (...args: string[]) => ReturnType<typeof guts>;
}

function place(): Place {
  const folder = scratch();
  return {
    file: (name) => folder.file(name),
    export: (name, machines) => {
      const file = folder.file(name);
      writeFileSync(file, workbookBytes(rvtoolsSheets({ machines }, '4.7')));
      return file;
    },
    run: async (...args) => await guts(folder.file('state'), 'assess', ...args),
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

describe('an RVTools export alone', () => {
  test('gives a report and a summary, and nothing is set up for it', async () => {
    using here = place();
    const report = here.file('site.html');

    const { code, stdout, stderr } = await here.run(here.export('site.xlsx', [web, db]), '--rate', '100', '-o', report);

    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toContain('1 of 2 machines can move');
    expect(stdout).toMatch(/DSK-04 +blocks +1 /);
    expect(stdout).toContain('at the rate that you gave: 100 MB/s for each machine');
    expect(stdout).toContain(`Report: ${report}`);
    const page = readFileSync(report, 'utf8');
    expect(page).toContain('web-01');
    expect(page).toContain('1 of 2 machines can move');
    expect(page).toContain('✗ blocks');
    expect(page).not.toMatch(/\bstops\b|stands (in the way|against)/);
    expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3)/);
    expect(existsSync(here.file('state'))).toBe(false);
  });

  test('tells which machines are blocked or warned of, and where the others stand', async () => {
    using here = place();
    const many = Array.from({ length: 7 }, (_, at) => ({
      ...web,
      name: `app-0${at}`,
      number: 10 + at,
      tools: 'toolsNotRunning',
    }));

    const { stdout } = await here.run(here.export('site.xlsx', [...many, db]), '-o', here.file('site.html'));

    expect(stdout).toMatch(/VM-10b +blocks +7 .*\n +app-00, app-01, app-02, app-03 and 3 more\n/);
    expect(stdout).toMatch(/DSK-04 +blocks +1 .*\n +=cmd\|calc\n/);
    expect(stdout).toContain('as a plain list: --output FILE.csv');
  });

  test('is told to programs as one document, and as JSON with every machine', async () => {
    using here = place();
    const report = here.file('site.json');
    const file = here.export('site.xlsx', [web, db]);

    const told = await here.run(file, '-o', report, '--json');

    const answer = JSON.parse(told.stdout) as { readonly file: string; readonly format: string };
    expect(answer).toMatchObject({ file: report, format: 'json', anonymised: null, comparison: null });
    expect(AssessmentSummary.parse(answer).totals.machines).toBe(2);
    const { machines } = Assessment.parse(JSON.parse(readFileSync(report, 'utf8')));
    expect(machines.map(({ name, readiness, wave }) => [name, readiness, wave])).toEqual([
      ['web-01', 'ready', 1],
      ['=cmd|calc', 'notReady', null],
    ]);
  });

  test('comes as PDF and as CSV in which nothing is a formula', async () => {
    using here = place();
    const file = here.export('site.xlsx', [web, db]);

    await here.run(file, '-o', here.file('site.pdf'));
    await here.run(file, '-o', here.file('site.csv'));

    const pdf = readPdf(readFileSync(here.file('site.pdf'))).text;
    expect(pdf).toContain('1 of 2 machines can move');
    expect(pdf).toContain('web-01');
    expect(pdf).toContain('blocks');
    expect(pdf).not.toMatch(/\bstops\b|stands (in the way|against)/);
    const csv = readFileSync(here.file('site.csv'), 'utf8');
    expect(csv).toContain("\n'=cmd|calc,");
    expect(csv.split('\r\n')).toHaveLength(4);
  });

  test('replaces no report unless it may', async () => {
    using here = place();
    const report = here.file('site.html');
    writeFileSync(report, 'mine');
    const file = here.export('site.xlsx', [web]);

    const refused = await here.run(file, '-o', report);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('destination.exists');
    expect(readFileSync(report, 'utf8')).toBe('mine');

    expect((await here.run(file, '-o', report, '--force')).code).toBe(0);
    expect(readFileSync(report, 'utf8')).toContain('web-01');
  });

  test('that is none is refused with what to give instead', async () => {
    using here = place();
    writeFileSync(here.file('notes.xlsx'), 'just some text');

    const { code, stderr } = await here.run(here.file('notes.xlsx'), '-o', here.file('site.html'));

    expect(code).toBe(1);
    expect(stderr).toMatch(/guts: assess\.[a-z-]+: /);
    expect(stderr).toContain('What to do: ');
    expect(existsSync(here.file('site.html'))).toBe(false);
  });

  test('has a help in which no default is a word of programmers', async () => {
    using here = place();

    const { stdout } = await here.run('--help');

    expect(stdout).toContain('--volume-type <datastore=type>');
    expect(stdout).toContain('(default: 50)');
    expect(stdout).not.toMatch(/default:\s*(\{|\[|false|undefined)/);
  });

  test('has no window for its waves where that is 0 hours', async () => {
    // It ended in a fault of Guts: commander makes an empty text of a null.
    using here = place();

    const { code } = await here.run(here.export('site.xlsx', [web]), '--window', '0', '-o', here.file('site.json'));

    expect(code).toBe(0);
    const { options } = Assessment.parse(JSON.parse(readFileSync(here.file('site.json'), 'utf8')));
    expect(options.waves.windowHours).toBeNull();
  });

  test('and neither a file nor a source are wrong words', async () => {
    using here = place();

    const { code, stderr } = await here.run();

    expect(code).toBe(2);
    expect(stderr).toContain('Name the files of an export, or a source by --source.');
  });
});

test('two exports are compared: what came, went and grew', async () => {
  using here = place();
  const before = here.export('january.xlsx', [web, db]);
  const after = here.export('march.xlsx', [
    { ...web, cpus: 8, disks: [{ gib: 400 }] },
    { ...web, name: 'new-01', number: 3 },
  ]);

  const { stdout, code } = await here.run(after, '--compare', before, '-o', here.file('march.html'));

  expect(code).toBe(0);
  expect(stdout).toContain('Since january.xlsx: 1 added, 1 gone, 1 changed, 0 as they were.');
  expect(stdout).toContain('web-01: vCPU 4 → 8; disks’ size 40 GiB → 400 GiB');
  expect(readFileSync(here.file('march.html'), 'utf8')).toContain('What has changed');
});

test('an export that is compared with itself, or with one without names, is told to be so', async () => {
  using here = place();
  const file = here.export('site.xlsx', [web, db]);
  await here.run(file, '--anonymise', '-o', here.file('a.html'));
  const nameless = here.file('guts-estate-site-anonymous.json');

  const itself = await here.run(file, '--compare', file, '-o', here.file('same.html'));
  const without = await here.run(file, '--compare', nameless, '-o', here.file('without.html'));

  const says = 'Both exports are of the same moment, and may be one file';
  expect(itself.stdout).toContain(says);
  expect(readFileSync(here.file('same.html'), 'utf8')).toContain(says);
  expect(without.code).toBe(1);
  expect(without.stderr).toContain('“guts-estate-site-anonymous.json” has no names any more');
  expect(existsSync(here.file('without.html'))).toBe(false);
});

test('a comparison is not dropped where CSV has no room for it: it is refused before anything is read', async () => {
  using here = place();
  const [before, after] = [here.export('january.xlsx', [web, db]), here.export('march.xlsx', [web])];

  const byFormat = await here.run(after, '--compare', before, '--format', 'csv', '-o', here.file('list.txt'));
  const byEnding = await here.run(after, '--compare', here.file('gone.xlsx'), '-o', here.file('list.csv'));
  const workbook = await here.run(after, '--compare', before, '-o', here.file('list.xlsx'));

  for (const { code, stderr } of [byFormat, byEnding]) {
    expect(code).toBe(1);
    expect(stderr).toContain('assessment.no-comparison-in-csv');
    expect(stderr).toContain('What to do: Take a workbook (--format xlsx)');
  }
  expect(workbook.code).toBe(0);
  expect(readdirSync(here.file('.')).filter((name) => name.startsWith('list.'))).toEqual(['list.xlsx']);
});

describe('a site’s own rules', () => {
  const own = [
    'severities: { DSK-04: blocks, NET-25: blocks }',
    'off: { DEV-08: nobody does that here }',
    'rules:',
    '  - { id: SITE-01, severity: blocks, says: It is a web server., remedy: Ask., when: { name: "web-*" } }',
  ].join('\n');

  test('count when they are in the data folder, and nothing else has to be there', async () => {
    using here = place();
    mkdirSync(here.file('state'));
    writeFileSync(here.file('state/preflight.yaml'), own);

    const { code, stdout } = await here.run(here.export('site.xlsx', [web, db]), '-o', here.file('site.html'));

    expect(code).toBe(0);
    expect(stdout).toMatch(/SITE-01 +blocks +1 +It is a web server\.\n +web-01\n/);
    expect(stdout).toMatch(
      /^Rules +as this site has them: DSK-04, NET-25 weigh otherwise; DEV-08 is left out; SITE-01 is its own$/m,
    );
    expect(stdout).not.toMatch(/^DEV-08/m);
    expect(readFileSync(here.file('site.html'), 'utf8')).toContain('SITE-01 is its own');
    expect(readdirSync(here.file('state'))).toEqual(['preflight.yaml']);
  });

  test('count from a file that is named instead, and say where it is wrong', async () => {
    using here = place();
    mkdirSync(here.file('state'));
    writeFileSync(here.file('state/preflight.yaml'), own);
    writeFileSync(here.file('none.yaml'), '# nothing\n');
    writeFileSync(here.file('wrong.yaml'), 'severities:\n  DSK-04: warns\n');
    const file = here.export('site.xlsx', [web]);

    const other = await here.run(file, '--rules', here.file('none.yaml'), '-o', here.file('site.html'));
    const wrong = await here.run(file, '--rules', here.file('wrong.yaml'), '-o', here.file('wrong.html'));
    const gone = await here.run(file, '--rules', here.file('gone.yaml'), '-o', here.file('gone.html'));

    expect(other.stdout).toContain('1 of 1 machine can move');
    expect(other.stdout).not.toMatch(/SITE-01|^Rules /m);
    expect([wrong.code, gone.code]).toEqual([1, 1]);
    expect(wrong.stderr).toContain('wrong.yaml:2:11: severities.DSK-04: DSK-04 has to block');
    expect(gone.stderr).toContain('preflight.unreadable-rules');
    expect(existsSync(here.file('wrong.html'))).toBe(false);
  });

  test('that are its own are not held where names are gone', async () => {
    using here = place();
    writeFileSync(here.file('own.yaml'), own);
    const file = here.export('site.xlsx', [web, db]);

    const { stdout } = await here.run(file, '--anonymise', '--rules', here.file('own.yaml'), '-o', here.file('a.html'));

    expect(stdout).toMatch(/^Rules +as this site has them: DSK-04, NET-25 weigh otherwise; DEV-08 is left out$/m);
    expect(readFileSync(here.file('a.html'), 'utf8')).not.toMatch(/SITE-01|web server|nobody does/);
  });
});

test('an export without names can be handed on, and gives the same judgement', async () => {
  using here = place();
  const file = here.export('site.xlsx', [{ ...web, annotation: 'App: Payroll of Ms Smith' }, db]);

  const { code, stdout } = await here.run(file, '--anonymise', '-o', here.file('site.html'));
  const again = await here.run(here.file('guts-estate-site-anonymous.json'), '-o', here.file('again.json'));

  expect(code).toBe(0);
  expect(stdout).toContain('guts-estate-site-anonymous.json');
  const written = readFileSync(here.file('guts-estate-site-anonymous.json'), 'utf8');
  for (const text of [written, readFileSync(here.file('site.html'), 'utf8').replaceAll('site.xlsx', '')])
    expect(text).not.toMatch(/web-01|calc|Prod|10\.20\.30|50:56|Smith|Payroll|Cluster A/);
  expect(again.code).toBe(0);
  const { machines } = Assessment.parse(JSON.parse(readFileSync(here.file('again.json'), 'utf8')));
  expect(machines.map(({ readiness, cpus, diskGiB }) => [readiness, cpus, diskGiB])).toEqual([
    ['ready', 4, 40],
    ['notReady', 2, 60],
  ]);
  expect(readdirSync(here.file('.')).filter((name) => name.endsWith('.part'))).toEqual([]);
});

describe('what chooses no machine is a mistake, with what there is that is called alike', () => {
  const lab: MadeMachine = { ...web, name: 'lab-01', number: 3, folder: '/DC1/vm/Lab', isTemplate: true };

  test.each<[string, string[], RegExp]>([
    ['a part of a name', ['--name', 'web'], /has a name like “web”\..*Names alike: “web-01”\. .*as in “\*web\*”/s],
    ['a name written wrongly', ['--name', 'wbe-*'], /has a name like “wbe-\*”\..*Names alike: “web-01”\./s],
    [
      'a folder without where it is',
      ['--folder', 'lab'],
      /is in a folder like “lab”\..*Folders alike: “\/DC1\/vm\/Lab”\./s,
    ],
    [
      'a cluster of somewhere else',
      ['--cluster', 'zz*'],
      /is of a cluster like “zz\*”\..*Clusters that there are: “Cluster A”\./s,
    ],
    [
      'two that fit no machine together',
      ['--name', 'web*', '--folder', '*lab'],
      /fits all that was asked for: 1 has a name like “web\*”, 1 is in a folder like “\*lab”\./,
    ],
    ['templates alone', ['--name', 'lab*'], /is left to judge: what was asked for is 1 template\..*\(--templates\)/s],
    [
      'what is off',
      ['--name', '*calc', '--no-powered-off'],
      /is left to judge: what was asked for is 1 machine that is off\./,
    ],
    ['and none without names', ['--name', 'web', '--anonymise'], /has a name like “web”\./],
  ])('%s', async (_, flags, says) => {
    using here = place();
    const file = here.export('site.xlsx', [web, db, lab]);

    const { code, stdout, stderr } = await here.run(file, ...flags, '-o', here.file('site.html'));

    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^guts: assess\.nothing-chosen: None of 3 machines in “site\.xlsx” /);
    expect(stderr).toMatch(says);
    expect(readdirSync(here.file('.'))).toEqual(['site.xlsx']);
  });

  test('but what is new since another export may have none there', async () => {
    using here = place();
    const before = here.export('january.xlsx', [db]);
    const after = here.export('march.xlsx', [web, db]);

    const { code, stdout } = await here.run(
      after,
      '--compare',
      before,
      '--name',
      'web*',
      '-o',
      here.file('march.html'),
    );

    expect(code).toBe(0);
    expect(stdout).toContain('Since january.xlsx: 1 added, 0 gone');
  });
});

test('a report is not called what it is not: the ending says the form, or agrees with it', async () => {
  using here = place();
  const file = here.export('site.xlsx', [web]);

  const against = await here.run(file, '--format', 'html', '-o', here.file('site.pdf'));
  const unknown = await here.run(file, '-o', here.file('site.docx'));
  const agrees = await here.run(file, '--format', 'html', '-o', here.file('site.htm'));
  const freely = await here.run(file, '--format', 'csv', '-o', here.file('list.txt'));

  expect([against.code, unknown.code, agrees.code, freely.code]).toEqual([2, 2, 0, 0]);
  expect(against.stderr).toBe(
    'error: --format html and a file that ends in “.pdf” contradict each other: leave --format out, or call the file .html.\n',
  );
  expect(unknown.stderr).toContain('No report can be had as “.docx”');
  expect(readFileSync(here.file('site.htm'), 'utf8')).toMatch(/^<!doctype html>/i);
  expect(readdirSync(here.file('.')).toSorted()).toEqual(['list.txt', 'site.htm', 'site.xlsx']);
});

test('an export is never replaced by the report that is made of it, whichever name it is given by', async () => {
  using here = place();
  const file = here.export('site.xlsx', [web]);
  const before = readFileSync(file);
  symlinkSync(file, here.file('link.xlsx'));

  const outcomes = [
    await here.run(file, '--force', '-o', file),
    await here.run(file, '--force', '-o', here.file('link.xlsx')),
    await here.run(here.export('newer.xlsx', [web, db]), '--compare', file, '--force', '-o', file),
  ];

  for (const { code, stderr } of outcomes) {
    expect(stderr).toContain('assess.output-is-input');
    expect(code).toBe(1);
  }
  expect(readFileSync(file)).toEqual(before);
});

test('a folder that is not there is named, and is told before anything is read', async () => {
  using here = place();
  const file = here.export('site.xlsx', [web]);

  const gone = await here.run(here.file('no.xlsx'), '-o', here.file('reports/site.html'));
  const nameless = await here.run(file, '--anonymise', '-o', here.file('reports/site.html'));
  const inFile = await here.run(file, '-o', here.file('site.xlsx/site.html'));
  const folder = await here.run(file, '-o', here.file('.'), '--format', 'html', '--force');

  for (const { code, stderr } of [gone, nameless]) {
    expect(code).toBe(1);
    expect(stderr).toContain(`cannot be written: there is no folder “${here.file('reports')}”.`);
    expect(stderr).toContain('What to do: Make the folder, or name another place.');
  }
  expect(inFile.stderr).toContain(`“${file}” is no folder.`);
  expect(folder.stderr).toContain('is a folder, and no file.');
  expect(readdirSync(here.file('.'))).toEqual(['site.xlsx']);
});

test('what is not told is told once, with the rules that would have to know it', async () => {
  using here = place();
  await here.run(here.export('site.xlsx', [web]), '-o', here.file('site.html'));
  await here.run(here.file('site.xlsx'), '-o', here.file('site.pdf'));

  const page = readFileSync(here.file('site.html'), 'utf8');
  expect(page).toMatch(
    /RVTools has no column for virtual TPMs\.<small>(?:<span id="[A-Z0-9-]+"><\/span> ?)*not held for it: DEV-02 \(warns\)<\/small>/,
  );
  expect(page).not.toContain('Not told whether');
  const pdf = readPdf(readFileSync(here.file('site.pdf'))).text;
  expect(pdf).toContain('not held for it: DEV-02 (warns)');
  expect(pdf).not.toContain('Not told whether');
});

test('nothing is written where one of the files cannot be', async () => {
  using here = place();
  const file = here.export('site.xlsx', [web]);
  writeFileSync(here.file('site.html'), 'mine');

  const { code, stderr } = await here.run(file, '--anonymise', '-o', here.file('site.html'));

  expect(stderr).toContain('destination.exists');
  expect(code).toBe(1);
  expect(existsSync(here.file('guts-estate-site-anonymous.json'))).toBe(false);
  expect(readFileSync(here.file('site.html'), 'utf8')).toBe('mine');
});

test('a folder with an export in it is an export', async () => {
  using here = place();
  mkdirSync(here.file('exports'));
  here.export('exports/site.xlsx', [web]);

  const { code, stdout, stderr } = await here.run(here.file('exports'), '-o', here.file('site.html'));

  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(stdout).toContain('1 machine');
});

test('a folder of many CSV files is called by its own name, in the summary and on the page', async () => {
  using here = place();
  mkdirSync(here.file('exports'));
  const made = rvtoolsSheets({ machines: [web], networks: [] }, '4.7');
  for (const { name, rows } of made)
    writeFileSync(
      here.file(`exports/RVTools_tab${name}.csv`),
      rows.map((row) => row.map((cell) => `"${String(cell ?? '')}"`).join(',')).join('\n'),
    );

  const { code, stdout, stderr } = await here.run(here.file('exports'), '-o', here.file('site.html'));

  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/Origin +exports \(/);
  expect(readFileSync(here.file('site.html'), 'utf8')).toContain('<h1>Moving exports to OpenStack</h1>');
});

test('an old export is told to be one', async () => {
  using here = place();

  const { stdout } = await here.run(here.export('site.xlsx', [web]), '-o', here.file('site.html'));

  expect(stdout).toMatch(/The export is \d+ days old: export anew/);
});

describe('what is chosen', () => {
  const dev: MadeMachine = { ...web, name: 'dev-01', number: 3 };

  test('by several names is what fits any of them', async () => {
    // In the field, only the last of them counted.
    using here = place();
    const file = here.export('site.xlsx', [web, db, dev]);

    const { code } = await here.run(file, '--name', 'web*', '--name', 'dev*', '-o', here.file('site.json'));

    expect(code).toBe(0);
    const { machines, options } = Assessment.parse(JSON.parse(readFileSync(here.file('site.json'), 'utf8')));
    expect(machines.map(({ name }) => name)).toEqual(['web-01', 'dev-01']);
    expect(options.machines.name).toEqual(['web*', 'dev*']);
  });

  test('by a name that no machine fits is refused, also beside one that some do', async () => {
    using here = place();

    const file = here.export('site.xlsx', [web, dev]);
    const { code, stderr } = await here.run(file, '--name', 'web*', '--name', 'dv*', '-o', here.file('site.html'));

    expect(code).toBe(1);
    expect(stderr).toContain('None of 2 machines in “site.xlsx” has a name like “dv*”.');
  });

  test('of a datastore that is not there is refused with those that are', async () => {
    using here = place();

    const file = here.export('site.xlsx', [web]);
    const { code, stderr } = await here.run(file, '--volume-type', 'stor1=ssd', '-o', here.file('site.html'));

    expect(code).toBe(1);
    expect(stderr).toContain('No datastore of “site.xlsx” is called “stor1”.');
    expect(stderr).toContain('Datastores that there are: “store1”.');
  });
});

describe('an export without names, of which only some is wanted', () => {
  const dev: MadeMachine = { ...web, name: 'dev-01', number: 3, folder: '/Lab/vm/Playground', cluster: 'Cluster Dev' };

  test.each([
    ['--name', 'web-*', 1],
    ['--folder', '*playground', 1],
    ['--cluster', 'cluster a', 2],
  ])('by %s %s: what the operator calls it counts, and the file has nothing else', async (flag, pattern, count) => {
    using here = place();
    const file = here.export('site.xlsx', [web, db, dev]);
    const options = ['--anonymise', flag, pattern, '-o', here.file('site.json')];

    const { code, stdout } = await here.run(file, ...options);
    const again = await here.run(here.file('guts-estate-site-anonymous.json'), '-o', here.file('again.json'));

    expect([code, again.code]).toEqual([0, 0]);
    const left = 3 - count;
    expect(stdout).toMatch(new RegExp(`${left} (is|are) not judged \\(${left} not asked for\\)\\.`));
    const report = readFileSync(here.file('site.json'), 'utf8');
    expect(report).not.toMatch(/web-|nothing-|playground|cluster a|cluster dev/i);
    const told = Assessment.parse(JSON.parse(report));
    expect([told.totals.machines, told.leftOut.byFilter, told.estate.machines]).toEqual([count, left, 3]);
    const { machines, leftOut } = Assessment.parse(JSON.parse(readFileSync(here.file('again.json'), 'utf8')));
    expect(machines.map(({ name, readiness, wave }) => [name, readiness, wave])).toEqual(
      told.machines.map(({ name, readiness, wave }) => [name, readiness, wave]),
    );
    expect(leftOut.byFilter).toBe(0);
  });

  test('gets the volume type that a datastore’s own name was given', async () => {
    using here = place();
    const file = here.export('site.xlsx', [{ ...web, disks: [{ gib: 40, store: 'gold-01' }] }]);

    await here.run(file, '--anonymise', '--volume-type', 'gold-01=ssd', '-o', here.file('site.json'));

    const report = readFileSync(here.file('site.json'), 'utf8');
    expect(Assessment.parse(JSON.parse(report)).machines[0]?.volumes.map(({ type }) => type)).toEqual(['ssd']);
    expect(report).not.toContain('gold-01');
  });
});

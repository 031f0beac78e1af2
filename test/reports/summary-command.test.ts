/** `guts report` of plans, waves and periods as an operator runs it, against a daemon that moved the machines. */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MigrationId } from '../../main/shared/migration.ts';
import { isOver } from '../../main/shared/stages.ts';
import { SummaryReport } from '../../main/shared/summary-report.ts';
import { seededContent } from '../lab/content.ts';
import { signInWithCredential } from '../lab/openstack/sign-in.ts';
import { startOpenstack, type OpenstackLab } from '../lab/openstack/start.ts';
import type { MachineSpec } from '../lab/vcenter/machine-spec.ts';
import { startVcenter, type Vcenter } from '../lab/vcenter/vcenter.ts';
import { Daemon } from '../support/daemon.ts';
import { MiB, scratch } from '../support/disks.ts';
import { gutsWith } from '../support/guts.ts';
import { readPdf } from '../support/pdf-text.ts';
import { until } from '../support/until.ts';
import { unzipped } from '../support/unzip.ts';

const tmp = scratch();
const env = { GUTS_DATA_DIR: tmp.file('data'), GUTS_VAULT: 'memory' };
const guts = async (...args: string[]) => await gutsWith(env, '', 'report', ...args);
const machine = (name: string, number: number): MachineSpec => {
  const content = seededContent(name, 4 * MiB, number);
  return {
    name,
    power: 'on',
    disks: [{ sizeBytes: content.sizeBytes, isThin: true, content }],
    nics: [{ network: 'VM Network', mac: `00:50:56:ab:00:0${number}` }],
  };
};
let vcenter: Vcenter;
let cloud: OpenstackLab;
let daemon: Daemon;
let alone: MigrationId;

beforeAll(async () => {
  writeFileSync(tmp.file('passphrase'), 'a passphrase\n', { mode: 0o600 });
  vcenter = await startVcenter({ machines: [machine('files-01', 1), machine('shop-01', 2)], withOthers: false });
  cloud = await startOpenstack({ buildMs: 20 });
  daemon = await Daemon.start({ dataDir: tmp.file('data'), passphraseFile: tmp.file('passphrase') });
  const { client } = daemon;
  const { user: userName, url, password: secret, fingerprint: sha256 } = vcenter;
  await client.call('sources.create', { name: 'vc1', url, userName, secret, trust: { kind: 'pinned', sha256 } });
  await client.call('sources.refresh', { source: 'vc1' });
  const { connection, secret: credential } = signInWithCredential(cloud);
  const { authUrl, auth, trust } = connection;
  await client.call('destinations.create', { name: 'os1', authUrl, auth, trust, secret: credential });

  // Copied as they run, which warns.
  const options = {
    networks: [{ from: null, to: 'lan', ip: 'auto' as const }],
    whileRunning: 'snapshot' as const,
    bootTimeoutSeconds: 0,
  };
  const sides = { source: 'vc1', destination: 'os1' };
  const machines = [{ vm: 'files-01' }, { vm: 'shop-01', wave: 2 }];
  await client.call('plans.create', { ...sides, name: 'Spring', options, machines });
  await client.call('plans.start', { plan: 'spring' });
  const own = { ...options, targetName: 'alone', keepMac: false };
  const made = await client.call('migrations.create', { ...sides, vm: 'files-01', options: own, start: true });
  alone = made.request.id;
  await until(
    async () => (await client.call('migrations.rows', {})).rows,
    (rows) => rows.length === 3 && rows.every(({ stage }) => isOver(stage)),
  );
}, 600_000);
afterAll(async () => {
  await daemon.stop();
  await Promise.all([vcenter[Symbol.asyncDispose](), cloud[Symbol.asyncDispose]()]);
  tmp[Symbol.dispose]();
});

const summaryBy = async (...args: string[]): Promise<SummaryReport> => {
  const { stdout, stderr } = await guts(...args, '--format', 'json');
  if (stdout === '') throw new Error(stderr);
  return SummaryReport.parse(JSON.parse(stdout));
};

describe('guts report --plan', () => {
  test('has a line for each migration with the journal’s own numbers, and their sums', async () => {
    const { lines, totals, reports, scope } = await summaryBy('--plan', 'spring');

    expect(scope.plan).toBe('Spring');
    expect(lines.map(({ vm, plan }) => [vm, plan])).toEqual([
      ['files-01', { name: 'Spring', wave: 1 }],
      ['shop-01', { name: 'Spring', wave: 2 }],
    ]);
    for (const line of lines) {
      const { outcome, stages } = await daemon.client.call('migrations.show', { id: line.migration });
      const disks = outcome?.disks ?? [];
      expect(line).toMatchObject({
        stage: 'done',
        proved: true,
        disks: disks.length,
        readBytes: disks.reduce((sum, { readBytes }) => sum + readBytes, 0),
        sentBytes: disks.reduce((sum, { sentBytes }) => sum + sentBytes, 0),
        downtimeSeconds: outcome?.downtimeSeconds,
        endedAt: stages.at(-1)?.at,
      });
      expect(line.readBytes).toBeGreaterThan(0);
    }
    expect(totals).toMatchObject({ migrations: 2, done: 2, proved: 2 });
    expect(totals.readBytes).toBe(lines.reduce((sum, { readBytes }) => sum + readBytes, 0));
    expect(reports?.map(({ migration }) => migration)).toEqual(lines.map(({ migration }) => migration));
  });

  test('tells of every warning that was accepted by whom: who started the plan, and who made the one alone', async () => {
    const warned = async (id: MigrationId): Promise<string[]> =>
      (await daemon.client.call('migrations.show', { id })).findings
        .filter(({ severity }) => severity === 'warns')
        .map(({ id: rule }) => rule);
    const { lines } = await summaryBy('--all');

    expect(lines.flatMap(({ accepted }) => accepted).length).toBeGreaterThan(0);
    for (const { migration, accepted } of lines) {
      expect(accepted.map(({ id }) => id)).toEqual(await warned(migration));
      for (const { by, at } of accepted) expect([by, Number.isNaN(Date.parse(at ?? ''))]).toEqual(['local', false]);
    }
  });

  test('of a wave has that wave', async () => {
    const { lines, scope } = await summaryBy('--plan', 'spring', '--wave', '2');

    expect(scope.wave).toBe(2);
    expect(lines.map(({ vm }) => vm)).toEqual(['shop-01']);
  });
});

describe('guts report of a period', () => {
  test('has what ended in it, alone or of a plan', async () => {
    const { lines } = await summaryBy('--from', '1h');
    const ends = lines.map(({ endedAt }) => endedAt ?? '').sort();
    const before = await summaryBy('--to', ends[1] ?? '');
    const from = await summaryBy('--from', ends[1] ?? '');

    expect(lines).toHaveLength(3);
    expect(lines.map(({ migration }) => migration)).toContain(alone);
    expect(before.lines.map(({ endedAt }) => endedAt)).toEqual(ends.slice(0, 1));
    expect(from.lines.map(({ endedAt }) => endedAt ?? '').sort()).toEqual(ends.slice(1));
  });
});

describe('files', () => {
  test('are written in every form, by their endings', async () => {
    for (const ending of ['html', 'pdf', 'csv', 'xlsx', 'json']) {
      const file = tmp.file(`spring.${ending}`);
      const { code, stdout, stderr } = await guts('--plan', 'spring', '-o', file);
      expect([code, stderr, stdout]).toEqual([0, '', `Written: ${file}\n2 of 2 migrations were proved.\n`]);
    }
    expect(readFileSync(tmp.file('spring.html'), 'utf8')).toContain('All 2 migrations were proved');
    expect(readPdf(readFileSync(tmp.file('spring.pdf'))).text).toContain('2 of 2 proved');
    expect(readFileSync(tmp.file('spring.csv'), 'utf8').split('\r\n')).toHaveLength(4);
    expect(unzipped(readFileSync(tmp.file('spring.xlsx'))).get('xl/sharedStrings.xml')).toContain('shop-01');
  });

  test('of one migration, too', async () => {
    const file = tmp.file('one.pdf');
    const { code, stderr } = await guts(alone, '-o', file, '--json');

    expect(code, stderr).toBe(0);
    expect(readPdf(readFileSync(file)).text).toContain('All that could be checked was proved');
  });
});

describe('words that are wrong', () => {
  test.each([
    [[], '--plan'],
    [['web-01', '--plan', 'spring'], '--plan'],
    [['--all', '--from', '2026-01-01'], '--all'],
    [['--plan', 'spring', '--json', '--format', 'pdf'], '--output'],
    [['--from', 'yesterday'], '2026-12-01'],
  ])('%j: says which', async (args, hint) => {
    expect(await guts(...args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(hint) as string });
  });

  test('plans and waves that there are not', async () => {
    expect((await guts('--plan', 'autumn', '--format', 'json')).stderr).toContain('plan.unknown');
    expect((await guts('--wave', '1', '--format', 'json')).stderr).toContain('report.bad-scope');
    expect((await guts('--from', '1h', '--to', '2h', '--format', 'json')).stderr).toContain('report.bad-scope');
  });
});

test('guts report --schema prints the schema that the server has', async () => {
  const { stdout } = await guts('--schema');

  expect(JSON.parse(stdout)).toEqual(await daemon.client.call('reports.schema', {}));
  expect(JSON.parse(stdout)).toMatchObject({ $defs: { MigrationReport: {}, SummaryReport: {} } });
});

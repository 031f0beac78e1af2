/** Assessments over REST: an export is sent, judged and kept, and what was found is read page by page and as a report. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Assessment } from '../../main/shared/assessment.ts';
import { ApiClient } from '../../main/shared/client/client.ts';
import { startOpenstack } from '../lab/openstack/start.ts';
import { startVcenter } from '../lab/vcenter/vcenter.ts';
import { Daemon } from '../support/daemon.ts';
import { MiB, scratch } from '../support/disks.ts';
import { guts } from '../support/guts.ts';
import { readPdf } from '../support/pdf-text.ts';
import { rvtoolsSheets, type MadeMachine } from '../support/rvtools.ts';
import { workbookBytes } from '../support/workbook.ts';
import { seededContent } from '../lab/content.ts';

const folder = scratch();
let daemon: Daemon;
beforeAll(async () => {
  writeFileSync(folder.file('passphrase'), 'a passphrase\n', { mode: 0o600 });
  daemon = await Daemon.start({ dataDir: folder.file('data'), passphraseFile: folder.file('passphrase') });
});
afterAll(async () => {
  await daemon[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

const web = (number: number, change: Partial<MadeMachine> = {}): MadeMachine => ({
  name: `web-${number}`,
  number,
  cpus: 2,
  memoryMib: 4096,
  disks: [{ gib: 20 }],
  os: 'Ubuntu Linux (64-bit)',
  nics: [{ network: 'Prod', mac: `00:50:56:aa:00:0${number}`, ips: [`192.0.2.${number}`] }],
  ...change,
});
const raw: Partial<MadeMachine> = { name: 'db', disks: [{ gib: 60, raw: 'physicalMode' }] };

const bookOf = (...machines: MadeMachine[]): Uint8Array<ArrayBuffer> =>
  new Uint8Array(workbookBytes(rvtoolsSheets({ machines }, '4.7')));

async function judged(...machines: MadeMachine[]) {
  const { id } = await daemon.client.upload('site.xlsx', bookOf(...machines));
  return await daemon.client.call('assessments.create', { files: [id], options: { megabytesPerSecond: 100 } });
}

const kept = (): string[] => {
  const where = path.join(folder.file('data'), 'assessments');
  return existsSync(where) ? readdirSync(where) : [];
};

describe('an export that was sent', () => {
  test('is judged by the rules of the site, too', async () => {
    const file = folder.file('data/preflight.yaml');
    writeFileSync(
      file,
      [
        'rules:',
        '  - id: SITE-01',
        '    severity: blocks',
        '    says: Machines with a number stay here.',
        '    remedy: Ask us.',
        '    when:',
        '      name: web-*',
      ].join('\n'),
    );

    const { summary } = await judged(web(1), web(2, { name: 'db' }));
    rmSync(file);

    expect(summary.rules.find(({ id }) => id === 'SITE-01')).toMatchObject({ severity: 'blocks', machines: 1 });
    expect(summary.readiness.notReady.machines).toBe(1);
  });

  test('is judged and kept, for its owner alone', async () => {
    const { id, summary } = await judged(web(1), web(2, raw));

    expect(summary.estate.from).toEqual(['site.xlsx']);
    expect(summary.readiness.ready.machines).toBe(1);
    expect(summary.options.rate).toEqual({ bytesPerSecond: 100e6, atOnce: 4, basis: 'given' });
    expect((await daemon.client.call('assessments.show', { id })).summary).toEqual(summary);
    expect(statSync(path.join(folder.file('data'), 'assessments', `${id}.jsonl`)).mode & 0o777).toBe(0o600);
  });

  test('is judged for the machines that one of several names fits', async () => {
    const { id } = await daemon.client.upload('site.xlsx', bookOf(web(1), web(2), web(3, { name: 'db' })));
    const machines = { name: ['web-1', 'd*'], folder: null, cluster: null, withPoweredOff: true, withTemplates: false };

    const { summary } = await daemon.client.call('assessments.create', { files: [id], options: { machines } });

    expect([summary.totals.machines, summary.leftOut.byFilter]).toEqual([2, 1]);
    expect(summary.options.machines.name).toEqual(['web-1', 'd*']);
  });

  test('is listed, the newest first, until it is deleted', async () => {
    const first = await judged(web(1));
    const second = await judged(web(1), web(2));

    const { assessments } = await daemon.client.call('assessments.list', { limit: 2 });
    expect(assessments.map(({ id, machines }) => [id, machines])).toEqual([
      [second.id, 2],
      [first.id, 1],
    ]);

    await daemon.client.call('assessments.delete', { id: second.id });
    const left = await daemon.client.call('assessments.list', {});
    expect(left.assessments.map(({ id }) => id)).not.toContain(second.id);
    await expect(daemon.client.call('assessments.show', { id: second.id })).rejects.toMatchObject({
      code: 'assessment.unknown',
    });
  });

  test('tells its machines page by page, by readiness, words, rule and wave', async () => {
    const { id } = await judged(web(10), web(9), web(3, raw));
    const namesOf = async (filter: object): Promise<string[]> =>
      (await daemon.client.call('assessments.machines', { id, ...filter })).machines.map(({ name }) => name);

    const first = await daemon.client.call('assessments.machines', { id, limit: 2 });
    const then = await daemon.client.call('assessments.machines', { id, limit: 2, marker: first.next ?? '' });
    expect(first.total).toBe(3);
    expect([...first.machines, ...then.machines].map(({ name }) => name)).toEqual(['db', 'web-9', 'web-10']);
    expect(then.next).toBeNull();
    expect(await namesOf({ readiness: 'notReady' })).toEqual(['db']);
    expect(await namesOf({ text: 'WEB-1' })).toEqual(['web-10']);
    expect(await namesOf({ rule: 'DSK-04' })).toEqual(['db']);
    expect(await namesOf({ wave: 1 })).toEqual(['web-9', 'web-10']);
  });

  test('is had as a page, a PDF and a spreadsheet', async () => {
    const { id } = await judged(web(1), web(2, raw));

    const page = await (await daemon.client.file('assessments.report', { id }, 'html')).text();
    const pdf = readPdf(
      new Uint8Array(await (await daemon.client.file('assessments.report', { id }, 'pdf')).arrayBuffer()),
    );
    const csv = await (await daemon.client.file('assessments.report', { id }, 'csv')).text();

    for (const text of [page, pdf.text]) expect(text).toContain('1 of 2 machines can move');
    expect(csv.split('\r\n').map((line) => line.split(',')[0])).toEqual(['Machine', 'web-1', 'db', '']);
    expect((await daemon.client.call('assessments.report', { id })).machines).toHaveLength(2);
  });

  test('is had without names, which is judged alike, and forgotten with the assessment', async () => {
    const { id, summary } = await judged(web(1), web(2, { ...raw, annotation: 'Payroll of Ms Smith' }));

    const blob = await daemon.client.file('assessments.estate', { id }, 'json');
    const written = await blob.text();
    expect(written).not.toMatch(/web-1|"db"|Prod|192\.0\.2|50:56|Smith|site\.xlsx/);
    const sent = await daemon.client.upload('anonymous.json', new TextEncoder().encode(written));
    const again = await daemon.client.call('assessments.create', { files: [sent.id] });
    expect(again.summary.readiness).toEqual(summary.readiness);
    expect(again.summary.totals.diskGiB).toBe(summary.totals.diskGiB);

    const fromCli = folder.file('cli.html');
    writeFileSync(folder.file('site.xlsx'), bookOf(web(1), web(2, { ...raw, annotation: 'Payroll of Ms Smith' })));
    await guts(folder.file('data'), 'assess', folder.file('site.xlsx'), '--anonymise', '-o', fromCli);
    expect(JSON.parse(written)).toEqual(
      JSON.parse(readFileSync(folder.file('guts-estate-site-anonymous.json'), 'utf8')),
    );

    rmSync(path.join(folder.file('data'), 'assessments', `${again.id}.estate.jsonl`));
    await expect(daemon.client.call('assessments.estate', { id: again.id })).rejects.toMatchObject({
      code: 'assessment.no-estate',
    });
    await daemon.client.call('assessments.delete', { id });
    expect(kept().filter((name) => name.includes(id))).toEqual([]);
  });

  test('is compared with one before', async () => {
    const before = await judged(web(1), web(2));
    const after = await judged(web(1, { cpus: 8 }), web(3));

    const { added, gone, changed } = await daemon.client.call('assessments.compare', {
      id: after.id,
      since: before.id,
    });

    expect([added, gone].map((list) => list.map(({ name }) => name))).toEqual([['web-3'], ['web-2']]);
    expect(changed).toEqual([{ name: 'web-1', changes: [{ of: 'cpus', before: 2, after: 8 }] }]);
    const asked = { id: after.id, since: before.id };
    await expect(daemon.client.file('assessments.report', asked, 'csv')).rejects.toMatchObject({
      code: 'assessment.no-comparison-in-csv',
    });
    const page = await (await daemon.client.file('assessments.report', asked, 'html')).text();
    expect(page).toContain('1 added, 1 gone, 1 changed, 0 as they were');
    expect((await daemon.client.call('assessments.report', asked)).comparison?.changed).toEqual(changed);
    expect(await (await daemon.client.file('assessments.report', { id: after.id }, 'html')).text()).not.toContain(
      'What has changed',
    );
  });
});

test('the inventory of a source is judged as it is, and against a cloud where one is named', async () => {
  const content = seededContent('web', 4 * MiB, 1);
  await using vcenter = await startVcenter({
    machines: [
      { name: 'live-01', power: 'off', disks: [{ sizeBytes: content.sizeBytes, isThin: true, content }], nics: [] },
    ],
    withOthers: false,
    user: 'mover@vsphere.local',
  });
  const trust = { kind: 'pinned', sha256: vcenter.fingerprint } as const;
  const { url, user: userName, password: secret } = vcenter;
  await daemon.client.call('sources.create', { name: 'vc1', url, userName, secret, trust });

  const { id, summary } = await daemon.client.call('assessments.create', { source: 'vc1' });

  expect(summary.estate).toMatchObject({ kind: 'inventory', from: ['vc1'], machines: 1 });
  expect(summary.options.rate.basis).toBe('assumed');
  const { machines } = await daemon.client.call('assessments.machines', { id });
  expect(machines.map(({ name, readiness }) => [name, readiness])).toEqual([['live-01', 'ready']]);

  await using cloud = await startOpenstack();
  await daemon.client.call('destinations.create', {
    name: 'os1',
    authUrl: cloud.authUrl,
    auth: { method: 'applicationCredential', id: cloud.applicationCredential.id },
    secret: cloud.applicationCredential.secret,
    trust: { kind: 'pinned', sha256: cloud.fingerprint },
  });
  const held = await daemon.client.call('assessments.create', { source: 'vc1', destination: 'os1' });
  expect(held.summary.cloud?.name).toBe('os1');
  expect(held.summary.flavors.map(({ isNew, machines: count }) => [isNew, count])).toEqual([[false, 1]]);
  expect(held.summary.quotas.find(({ of }) => of === 'instances')?.quota).not.toBeNull();

  const report = folder.file('live.json');
  const told = await guts(folder.file('data'), 'assess', '--source', 'vc1', '--destination', 'os1', '-o', report);
  expect(told.stderr).toBe('');
  expect(told.stdout).toContain('1 of 1 machine can move');
  const written = Assessment.parse(JSON.parse(readFileSync(report, 'utf8')));
  expect([written.totals, written.flavors]).toEqual([held.summary.totals, held.summary.flavors]);
});

describe('what is refused', () => {
  const refusal = (code: string): object => ({ code });

  test('a file that is no export leaves nothing behind, and can be sent', async () => {
    const before = kept();
    const { id } = await daemon.client.upload('notes.xlsx', new TextEncoder().encode('just a note'));

    await expect(daemon.client.call('assessments.create', { files: [id] })).rejects.toMatchObject({
      code: expect.stringMatching(/^assess\./),
    });
    expect(kept()).toEqual(before);
  });

  test('nothing to judge, both at once, and what was never sent', async () => {
    const { client } = daemon;
    const never = 'upl_000000000000';

    await expect(client.call('assessments.create', {})).rejects.toMatchObject(refusal('assessment.no-origin'));
    await expect(client.call('assessments.create', { files: [never], source: 'x' })).rejects.toMatchObject(
      refusal('assessment.no-origin'),
    );
    await expect(client.call('assessments.create', { files: [never] })).rejects.toMatchObject(refusal('files.unknown'));
  });

  test.each(['../up.xlsx', 'a/b.xlsx', '.hidden', 'c:\\x.xlsx', ''])('a file called “%s”', async (name) => {
    await expect(daemon.client.upload(name, bookOf(web(1)))).rejects.toMatchObject(refusal('api.bad-request'));
  });

  test('files of those who may only look, and of strangers', async () => {
    const { token } = await daemon.client.call('tokens.create', { name: 'viewer', role: 'viewer' });
    const as = (own: string | null): ApiClient =>
      new ApiClient(async (request) => await fetch(request), { baseUrl: daemon.url, token: own });

    await expect(as(token).upload('site.xlsx', bookOf(web(1)))).rejects.toMatchObject(refusal('access.forbidden'));
    await expect(as(null).upload('site.xlsx', bookOf(web(1)))).rejects.toMatchObject(refusal('access.not-signed-in'));
    expect((await as(token).call('assessments.list', {})).assessments.length).toBeGreaterThan(0);
  });
});

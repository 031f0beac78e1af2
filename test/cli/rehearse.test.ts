/** `guts plan rehearse` as an operator runs it: go or no go before anything is made, in every form. */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Rehearsal } from '../../main/shared/rehearsal.ts';
import { seededContent } from '../lab/content.ts';
import { defaultQuotas } from '../lab/openstack/default-world.ts';
import { signInWithCredential } from '../lab/openstack/sign-in.ts';
import { startOpenstack, type OpenstackLab } from '../lab/openstack/start.ts';
import type { MachineSpec } from '../lab/vcenter/machine-spec.ts';
import { startVcenter, type Vcenter } from '../lab/vcenter/vcenter.ts';
import { Daemon } from '../support/daemon.ts';
import { MiB, scratch } from '../support/disks.ts';
import { gutsWith } from '../support/guts.ts';
import { readPdf } from '../support/pdf-text.ts';
import { unzipped } from '../support/unzip.ts';

const tmp = scratch();
const env = { GUTS_DATA_DIR: tmp.file('data'), GUTS_VAULT: 'memory' };
const guts = async (...args: string[]) => await gutsWith(env, '', 'plan', ...args);
const machine = (name: string, number: number): MachineSpec => {
  const content = seededContent(name, 4 * MiB, number);
  return {
    name,
    power: 'off',
    disks: [{ sizeBytes: content.sizeBytes, isThin: true, content }],
    nics: [{ network: 'VM Network', mac: `00:50:56:ab:00:0${number}` }],
  };
};
let vcenter: Vcenter;
let cloud: OpenstackLab;
let daemon: Daemon;

beforeAll(async () => {
  writeFileSync(tmp.file('passphrase'), 'a passphrase\n', { mode: 0o600 });
  const machines = [machine('shop-web', 1), machine('shop-db', 2), machine('shop-cache', 3)];
  vcenter = await startVcenter({ machines, withOthers: false });
  cloud = await startOpenstack({ buildMs: 20 });
  daemon = await Daemon.start({ dataDir: tmp.file('data'), passphraseFile: tmp.file('passphrase') });
  const { client } = daemon;
  const { user: userName, url, password: secret, fingerprint: sha256 } = vcenter;
  await client.call('sources.create', { name: 'vc1', url, userName, secret, trust: { kind: 'pinned', sha256 } });
  await client.call('sources.refresh', { source: 'vc1' });
  const { connection, secret: credential } = signInWithCredential(cloud);
  const { authUrl, auth, trust } = connection;
  await client.call('destinations.create', { name: 'os1', authUrl, auth, trust, secret: credential });
  await client.call('plans.create', {
    name: 'spring',
    source: 'vc1',
    destination: 'os1',
    options: { networks: [{ from: null, to: 'lan', ip: 'auto' }], bootTimeoutSeconds: 0 },
    window: { opens: '0 22 * * *', minutes: 60, timeZone: 'Europe/Berlin' },
    machines: [{ vm: 'shop-web' }, { vm: 'shop-db', options: { boot: 'volume' } }],
  });
});
beforeEach(() => {
  Object.assign(cloud.quotas, defaultQuotas);
  cloud.typeQuotas.clear();
});
afterAll(async () => {
  await daemon[Symbol.asyncDispose]();
  await Promise.all([vcenter[Symbol.asyncDispose](), cloud[Symbol.asyncDispose]()]);
  tmp[Symbol.dispose]();
});

const low = (): void => {
  Object.assign(cloud.quotas, { instances: 1, volumes: 0 });
  cloud.typeQuotas.set('standard', { volumes: -1, volumeGiB: 0 });
};

describe('guts plan rehearse', () => {
  test('says go on a page, and ends well', async () => {
    const { code, stdout } = await guts('rehearse', 'spring', '--wave', '1', '--rate', '50MB');

    expect(code).toBe(0);
    expect(stdout).toMatch(/^GO +wave 1 of “spring”: 2 machines, 8 MiB$/m);
    expect(stdout).toMatch(/^takes +about under 0\.1 s at 50 MB\/s each \(given\), 4 at once$/m);
    expect(stdout).toMatch(/^window +60 min from “0 22 \* \* \*” \(Europe\/Berlin\): \d{4}-/m);
    expect(stdout).toMatch(/^QUOTA +LIMIT +USED +NEEDS/m);
    expect(stdout).toMatch(/^servers +20 +0 +2$/m);
    expect(stdout).toContain('NEW-14: Machines that seem to belong together');
    expect(stdout).toContain('NEW-12: each disk is copied once');
    expect(stdout).not.toContain('To be sent');
  });

  test('says no go with every shortage and the request, ends with 1, and starts nothing', async () => {
    low();
    const { code, stdout, stderr } = await guts('rehearse', 'spring');
    const started = await guts('start', 'spring', '--rehearse');

    expect(code).toBe(1);
    expect(stdout).toMatch(/^NO GO +all waves of “spring”/m);
    expect(stdout).toMatch(
      /stops it NEW-01: .*\n +about: servers: 2 needed, 0 of 1 used, 1 too many, volumes: 1 needed/,
    );
    expect(stdout).toMatch(/^GiB of volumes of the type “standard” +0 +0 +1 +1$/m);
    expect(stdout).toContain('  - servers: from 1 to at least 2 (0 used, 2 needed)');
    expect(stderr).toContain('guts: plan.no-go: “spring” cannot go:');
    expect(started.code).toBe(1);
    expect((await daemon.client.call('plans.show', { plan: 'spring' })).startedAt).toBeNull();
  });

  test('writes a page, a PDF, a workbook and JSON, which say the same', async () => {
    low();
    const endings = ['html', 'pdf', 'xlsx', 'json', 'csv'];
    for (const ending of endings) {
      const file = tmp.file(`wave.${ending}`);
      const written = await guts('rehearse', 'spring', '--output', file);
      expect(written).toMatchObject({ code: 1, stdout: expect.stringContaining(`Written: ${file}`) });
    }
    const page = readFileSync(tmp.file('wave.html'), 'utf8');
    const { text } = readPdf(readFileSync(tmp.file('wave.pdf')));
    const book = [...unzipped(readFileSync(tmp.file('wave.xlsx'))).values()].join('');
    const facts = Rehearsal.parse(JSON.parse(readFileSync(tmp.file('wave.json'), 'utf8')));

    expect(page).toContain('<strong>No go</strong>');
    expect(page).toContain('- servers: from 1 to at least 2 (0 used, 2 needed)');
    expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
    expect(text).toContain('No go');
    expect(text).toContain('servers: from 1 to at least 2');
    expect(book).toContain('servers: from 1 to at least 2');
    expect(facts.quota.filter(({ over }) => over > 0).map(({ of, volumeType }) => [of, volumeType])).toEqual([
      ['instances', null],
      ['volumes', null],
      ['volumeGiB', 'standard'],
    ]);
    expect(readFileSync(tmp.file('wave.csv'), 'utf8')).toContain('shop-db');
  });

  test('starts the plan where that says go', async () => {
    const started = await guts('start', 'spring', '--rehearse', '--json');
    expect(started, started.stderr).toMatchObject({ code: 0 });
  });
});

/** A site's rules by tag, held live: by what vCenter says of the machine now, and not at all where nobody tells its tags. */
import { writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startOpenstack, type OpenstackLab } from '../lab/openstack/start.ts';
import { startVcenter, type Vcenter, type VcenterOptions } from '../lab/vcenter/vcenter.ts';
import { MiB, scratch } from '../support/disks.ts';
import { gutsWith, type Outcome } from '../support/guts.ts';

const RULES = [
  'rules:',
  '  - { id: SITE-01, severity: blocks, says: Not this week., remedy: Wait., when: { tags: Department:Finance } }',
  '  - { id: SITE-02, severity: warns, says: Nobody backs it up., remedy: Do., when: { not: { tags: Backup:* } } }',
].join('\n');

describe('rules by tag', () => {
  const tmp = scratch();
  const env = {
    GUTS_DATA_DIR: tmp.file('data'),
    GUTS_VAULT: 'file',
    GUTS_VAULT_PASSPHRASE_FILE: tmp.file('passphrase'),
  };
  const guts = async (...args: string[]): Promise<Outcome> => await gutsWith(env, '', ...args);
  let vcenter: Vcenter;
  let host: Vcenter;
  let cloud: OpenstackLab;

  beforeAll(async () => {
    const machine = (name: string, tags: readonly string[]) =>
      ({
        name,
        tags,
        power: 'off',
        disks: [{ sizeBytes: MiB, isThin: true }],
        nics: [{ network: 'VM Network' }],
      }) as const;
    const options: VcenterOptions = {
      machines: [machine('ledger', ['Department:Finance', 'Backup:nightly']), machine('wiki', ['Department:Science'])],
      withOthers: false,
    };
    [vcenter, host, cloud] = await Promise.all([
      startVcenter(options),
      startVcenter({ ...options, hostLicence: 'paid' }),
      startOpenstack(),
    ]);
    writeFileSync(tmp.file('passphrase'), 'a passphrase for the tests');
    writeFileSync(tmp.file('rules.yaml'), RULES);
    writeFileSync(tmp.file('os'), cloud.applicationCredential.secret);
    const made: Outcome[] = [];
    for (const [name, { url, user, password, fingerprint }] of [
      ['vc1', vcenter],
      ['esx1', host],
    ] as const) {
      writeFileSync(tmp.file(name), password);
      const how = ['--url', url, '--user', user, '--password-file', tmp.file(name), '--fingerprint', fingerprint];
      made.push(await guts('source', 'create', name, ...how));
    }
    const credential = ['--application-credential', cloud.applicationCredential.id, '--password-file', tmp.file('os')];
    const where = ['--auth-url', cloud.authUrl, ...credential, '--fingerprint', cloud.fingerprint];
    made.push(await guts('destination', 'create', 'os1', ...where));
    for (const { code, stderr } of made) if (code !== 0) throw new Error(stderr);
  });
  afterEach(() => vcenter.faults.clear());
  afterAll(async () => {
    await Promise.all([cloud, host, vcenter].map(async (one) => await one[Symbol.asyncDispose]()));
    tmp[Symbol.dispose]();
  });

  /** Of one machine: what was found, passed and could not be held, by the rules of the site alone. */
  async function siteSays(name: string, source = 'vc1') {
    const args = ['check', name, '--source', source, '--map', 'lan', '--rules', tmp.file('rules.yaml'), '--json'];
    const { code, stdout } = await guts(...args);
    const [{ findings, passed, notHeld }] = JSON.parse(stdout).checks;
    const isSite = (id: string): boolean => id.startsWith('SITE-');
    return {
      code,
      found: findings.filter(({ id }: { id: string }) => isSite(id)).map(({ id, about }: { id: string; about: string[] }) => `${id}: ${about.join()}`), // prettier-ignore
      passed: passed.filter(isSite),
      notHeld: notHeld.filter(({ id }: { id: string }) => isSite(id)),
    };
  }

  test('stop the machine that has it, and let another one go', async () => {
    expect(await siteSays('ledger')).toEqual({
      code: 1,
      found: ['SITE-01: tags: “Backup:nightly”, “Department:Finance”'],
      passed: ['SITE-02'],
      notHeld: [],
    });
    expect(await siteSays('wiki')).toEqual({
      code: 0,
      found: ['SITE-02: tags: “Department:Science”'],
      passed: ['SITE-01'],
      notHeld: [],
    });
    expect(vcenter.state().restSessions).toBe(0);
  });

  // Tags that could not be read were none: what blocks a machine had passed, and what it lacks was complained of.
  test.each([
    ['may not be read', { kind: 'deny', count: -1 }, 'does not let “administrator@vsphere.local” read tags (HTTP 403)'],
    ['of this machine may not be read', { kind: 'deny', match: 'association', count: -1 }, 'read tags (HTTP 403)'],
    ['include one that is hidden', { kind: 'deny', match: 'GET .*/tag/', count: -1 }, 'read tags (HTTP 403)'],
    ['are of a category that is hidden', { kind: 'deny', match: 'GET .*/category/', count: -1 }, '(HTTP 403)'],
    ['are told by a service that is broken', { kind: 'http', status: 500, count: -1 }, 'HTTP 500'],
  ] as const)('are not held where tags %s', async (_, rule, says) => {
    vcenter.faults.add({ where: 'rest', ...rule });

    expect(await siteSays('ledger')).toEqual({
      code: 0,
      found: [],
      passed: [],
      notHeld: ['SITE-01', 'SITE-02'].map((id) => ({
        id,
        why: expect.stringMatching(/^nothing is known of its tags: .*[^.]$/),
      })),
    });
    expect(JSON.stringify(await siteSays('ledger'))).toContain(says);
    expect(vcenter.state().restSessions).toBe(0);
  });

  test('are not held of a host without a vCenter', async () => {
    const why = 'nothing is known of its tags: a vCenter keeps them, and this is a host';

    expect(await siteSays('ledger', 'esx1')).toMatchObject({
      found: [],
      passed: [],
      notHeld: [
        { id: 'SITE-01', why },
        { id: 'SITE-02', why },
      ],
    });
  });

  test('find nothing in an inventory whose tags could not be read', async () => {
    vcenter.faults.add({ where: 'rest', kind: 'deny', count: -1 });
    expect(await guts('source', 'refresh', 'vc1')).toMatchObject({ code: 0 });
    const judge = ['assess', '--source', 'vc1', '--rules', tmp.file('rules.yaml'), '--json'];
    const unread = await guts(...judge);
    vcenter.faults.clear();
    expect(await guts('source', 'refresh', 'vc1')).toMatchObject({ code: 0 });
    const read = await guts(...judge);

    const siteIn = ({ stdout }: Outcome): { readonly id: string; readonly machines: number }[] =>
      JSON.parse(stdout).rules.filter(({ id }: { id: string }) => id.startsWith('SITE-'));
    expect(siteIn(unread)).toEqual([]);
    expect(siteIn(read)).toMatchObject([
      { id: 'SITE-01', machines: 1 },
      { id: 'SITE-02', machines: 1 },
    ]);
  });
});

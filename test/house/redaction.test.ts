/**
 * No secret is written or said anywhere: a whole life of Guts, by the command line and by its daemon, with moves that end
 * well, badly and by being killed; then everything that came of it is searched for passwords and tokens.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { MigrationId } from '../../main/shared/migration.ts';
import { operations } from '../../main/shared/operations.ts';
import { isOver } from '../../main/shared/stages.ts';
import { dataFile, namesIn } from '../../main/store/data-files.ts';
import { startOpenstack, type OpenstackLab } from '../lab/openstack/start.ts';
import { startVcenter, type Vcenter } from '../lab/vcenter/vcenter.ts';
import { Daemon } from '../support/daemon.ts';
import { scratch } from '../support/disks.ts';
import { gutsWith, systemNode, type Outcome } from '../support/guts.ts';
import { ProcessWatch } from '../support/process-watch.ts';
import { filesBelow, secretsIn, type Said } from '../support/secret-search.ts';
import { until } from '../support/until.ts';

const PASSPHRASE = 'passphrase of the vault „Ünï“ & 5%';
const VCENTER = 'vC-Pa55 "wörd" & <b>+/=%\\ of the source';
const MISTAKEN = 'a password that somebody mistook, 7 & <x>';
const cli = path.resolve(import.meta.dirname, '../../out/cli.cjs');

describe('in a whole life of Guts', { timeout: 900_000 }, () => {
  const tmp = scratch();
  const dataDir = tmp.file('data');
  const said: Said[] = [];
  const secrets: Record<string, string> = {};
  let vc: Vcenter;
  let cloud: OpenstackLab;
  let buildFault: string | null = null;

  const note = (where: string, text: string): void => void said.push({ where, text });
  const guts = async (...args: string[]): Promise<Outcome> => {
    const done = await gutsWith({}, '', ...args);
    note(`guts ${args.join(' ')}`, done.stdout + done.stderr);
    return done;
  };
  const secretFile = (name: string, secret: string): string => {
    secrets[name] = secret;
    writeFileSync(tmp.file(`given/${name}`), `${secret}\n`);
    return tmp.file(`given/${name}`);
  };
  const move = (vm: string, ...more: string[]): Promise<Outcome> =>
    guts('create', '--vm', vm, '--destination', 'os1', '--map', 'lan', '--may-pull-plug', ...more);
  const idOf = ({ stdout, stderr }: Outcome): MigrationId =>
    MigrationId.parse(/mig_[0-9a-z]{12}/.exec(stdout + stderr)?.[0]);

  beforeAll(async () => {
    mkdirSync(tmp.file('given'));
    mkdirSync(tmp.file('written'));
    mkdirSync(tmp.file('temporary'));
    vi.stubEnv('GUTS_DATA_DIR', dataDir);
    vi.stubEnv('GUTS_VAULT', 'file');
    vi.stubEnv('GUTS_VAULT_PASSPHRASE_FILE', secretFile('passphrase', PASSPHRASE));
    vi.stubEnv('GUTS_DEBUG', '1');
    vi.stubEnv('TMPDIR', tmp.file('temporary'));
    vc = await startVcenter({ password: VCENTER });
    cloud = await startOpenstack({ folder: tmp.file('given'), failsToBuild: () => buildFault });
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await cloud[Symbol.asyncDispose]();
    await vc[Symbol.asyncDispose]();
    tmp[Symbol.dispose]();
  });

  async function byCommandLine(): Promise<void> {
    const [migrator] = cloud.users;
    const password = secretFile('password of the source', vc.password);
    const source = ['source', 'create', 'vc1', '--url', vc.url, '--user', vc.user, '--fingerprint', vc.fingerprint];
    const destination = [
      'destination',
      'create',
      'os1',
      '--auth-url',
      cloud.authUrl,
      '--fingerprint',
      cloud.fingerprint,
    ];
    const mistaken = secretFile('mistaken password', MISTAKEN);
    expect(await guts(...source, '--password-file', mistaken)).toMatchObject({ code: 1 });
    expect(await guts(...source, '--password-file', password)).toMatchObject({ code: 0 });
    const credential = secretFile('application credential', cloud.applicationCredential.secret);
    const byCredential = ['--application-credential', cloud.applicationCredential.id, '--password-file'];
    expect(await guts(...destination, ...byCredential, mistaken)).toMatchObject({ code: 1 });
    expect(await guts(...destination, ...byCredential, credential)).toMatchObject({ code: 0 });
    const user = secretFile('password of a cloud’s user', migrator?.password ?? '');
    const byPassword = ['--user', 'migrator', '--project', 'migration', '--password-file', user];
    expect(await guts(...destination.with(2, 'os2'), ...byPassword)).toMatchObject({ code: 0 });
    for (const words of [
      'source show vc1',
      'destination test os2',
      'source refresh vc1',
      'network list',
      'check files-01 --destination os1 --map lan',
    ])
      await guts(...words.split(' '));

    expect(await move('files-01', '--start')).toMatchObject({ code: 0 });
    buildFault = 'No valid host was found.';
    expect(await move('ledger-01', '--map', 'dv-db-200=lan', '--start')).toMatchObject({ code: 1 });
    buildFault = null;
    await guts('report', 'ledger-01', '-o', tmp.file('written/failed.html'));
    await killed();
    await guts('cancel', 'shop-01');
    await guts('cancel', 'ledger-01');
    for (const format of ['html', 'json'])
      expect(await guts('report', 'files-01', '-o', tmp.file(`written/report.${format}`))).toMatchObject({ code: 0 });
    await guts('tidy');
  }

  /** A move that is asked for a report of itself, as one is after a crash, and then killed so that it dumps what it can. */
  async function killed(): Promise<void> {
    vc.faults.add({ where: 'nfc', kind: 'stall', afterBytes: 100_000, delayMs: 300_000, count: -1 });
    const id = idOf(await move('shop-01'));
    const reports = `--report-directory=${tmp.file('written')} --report-on-signal --report-on-fatalerror --report-uncaught-exception`;
    const child = spawn(systemNode, [...reports.split(' '), cli, 'start', id], {
      cwd: tmp.file('written'),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (more: string) => (text += more));
    await until(
      async () => (JSON.parse((await guts('show', id, '--json')).stdout) as { stage: string }).stage,
      (stage) => stage === 'copying',
    );
    child.kill('SIGUSR2');
    await until(
      async () => await Promise.resolve(readdirSync(tmp.file('written')).filter((name) => name.startsWith('report.2'))),
      (dumps) => dumps.length > 0,
    );
    child.kill('SIGABRT');
    await once(child, 'close');
    note('what a killed process said', text);
    vc.faults.clear();
  }

  async function byDaemon(): Promise<void> {
    await using daemon = await Daemon.start({ dataDir, passphraseFile: tmp.file('given/passphrase') });
    secrets['the daemon’s own token'] = daemon.token;
    const { client } = daemon;
    const made = await client.call('tokens.create', { name: 'shift', role: 'operator' });
    secrets['a token that was made'] = made.token;
    const events = await fetch(new URL('/v1/events', daemon.url), { headers: bearer(made.token) });
    const wish = { source: 'vc1', destination: 'os1', vm: 'shop-01', start: true } as const;
    const options = { networks: [{ from: null, to: 'lan', ip: 'auto' as const }], keepMac: false, mayPullPlug: true };
    const { request } = await client.call('migrations.create', { ...wish, options });
    await until(
      async () => (await client.call('migrations.show', { id: request.id })).stage,
      (stage) => isOver(stage),
    );
    await client
      .call('sources.secret', { source: 'vc1', secret: MISTAKEN, keep: false })
      .then(async () => await client.call('sources.test', { source: 'vc1' }))
      .catch((error: unknown) => note('a sign-in that was refused', JSON.stringify(error)));
    await everythingThatCanBeRead(daemon, request.id);
    await events.body?.cancel();
    expect(await daemon.stop()).toBe(0);
    note('what the daemon said', daemon.log);
  }

  const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

  async function everythingThatCanBeRead(daemon: Daemon, id: string): Promise<void> {
    const names: Record<string, string> = {
      source: 'vc1',
      destination: 'os1',
      resource: 'files-01',
      instance: 'files-01',
      id,
      plan: 'none',
    };
    const paths = Object.values(operations)
      .filter(({ method }) => method === 'GET')
      .map((one) => one.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => names[name] ?? 'none'));
    const more = [
      '/healthz',
      '/readyz',
      '/metrics',
      '/openapi.json',
      '/docs',
      `/v1/reports/${id}?format=html`,
      '/nowhere',
    ];
    for (const at of [...paths, ...more])
      for (const token of [daemon.token, 'guts_not-a-token']) {
        const answer = await fetch(new URL(at, daemon.url), { headers: bearer(token) });
        note(`GET ${at}`, `${JSON.stringify([...answer.headers])} ${await answer.text()}`);
      }
  }

  test('no secret is written or said anywhere', async () => {
    using watch = new ProcessWatch(dataDir);
    await byCommandLine();
    await byDaemon();
    await guts('logs', 'bundle', '--yes', '--output', tmp.file('written/logs.tar.gz'));
    await guts('state', 'export', tmp.file('written/state.jsonl'), '--with-audit', '--with-tokens');
    const files = [...filesBelow(dataDir), ...filesBelow(tmp.file('written')), ...filesBelow(tmp.file('temporary'))];
    const isOwnToken = ({ where }: Said): boolean => where === path.join(dataDir, 'api-token');

    const everything = [...said, ...watch.said, ...files.filter((file) => !isOwnToken(file))];

    expect(secretsIn(everything, secrets)).toEqual([]);

    // That nothing was found says something only where there was something to find, and everywhere was looked.
    expect(secretsIn(filesBelow(tmp.file('given')), secrets).length).toBeGreaterThan(5);
    expect(secretsIn(files.filter(isOwnToken), secrets).join()).toContain('the daemon’s own token (plain)');
    expect(Object.keys(secrets)).toHaveLength(7);
    const places = everything.map(({ where }) => where).join('\n');
    for (const place of [
      'logs.tar.gz',
      'state.jsonl',
      'report.html',
      'failed.html',
      'report.2',
      'guts.log',
      'audit.jsonl',
    ])
      expect(places).toContain(place);
    expect(watch.said.some(({ text }) => text.includes('source create vc1'))).toBe(true);
    expect(watch.said.some(({ text }) => text.includes('cli.cjs serve'))).toBe(true);
    expect(said.find(({ where }) => where.startsWith('GET /v1/sources'))?.text).toContain('vc1');
    expect(readFileSync(path.join(dataDir, 'audit.jsonl'), 'utf8')).toContain('migrations.create');
  });

  test('every file in the data folder is known, and with it where it may go', async () => {
    const names = await namesIn(dataDir);

    expect(names.length).toBeGreaterThan(5);
    expect(names.filter((name) => dataFile(name) === null)).toEqual([]);
  });
});

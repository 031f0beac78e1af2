/**
 * Everything that a fleet is made of dies, freezes or is cut off at random moments while migrations run: none is lost, none is done twice,
 * nothing is left over, and the journals tell it. GUTS_FLEET_CHAOS=100 makes it the long run.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MigrationId } from '../../main/shared/migration.ts';
import type { ScheduledMigration } from '../../main/shared/schedule.ts';
import { isOver } from '../../main/shared/stages.ts';
import { seededContent } from '../lab/content.ts';
import { startOpenstack, type OpenstackLab } from '../lab/openstack/start.ts';
import type { MachineSpec } from '../lab/vcenter/machine-spec.ts';
import { startVcenter, type Vcenter } from '../lab/vcenter/vcenter.ts';
import { CuttingProxy } from '../support/cutting-proxy.ts';
import { Daemon } from '../support/daemon.ts';
import { MiB, scratch } from '../support/disks.ts';
import { gutsWith } from '../support/guts.ts';
import { until } from '../support/until.ts';
import { WorkerProcess } from '../support/worker.ts';
import { rabbitmqPeer, type RabbitmqPeer } from './rabbitmq-peer.ts';

const RUNS = Number(process.env['GUTS_FLEET_CHAOS'] ?? 7);
const SEED = Number(process.env['GUTS_FLEET_SEED'] ?? 1);
const WORKERS = ['w1', 'w2', 'w3'] as const;
const AT_ONCE = 6;
/** The shortest that a daemon takes. */
const LOST_AFTER_SECONDS = 15;
/** As long as a dead worker's lease on a machine's disks keeps it busy. */
const LEASE_TIMEOUT_MS = 4000;
const PATIENCE_MS = 10 * 60_000;

const folder = scratch();
const passphraseFile = folder.file('passphrase');
const joinKeyFile = folder.file('join.key');
const workers = new Map<string, WorkerProcess>();
const ways = new Map<string, CuttingProxy>();
let vcenter: Vcenter;
let cloud: OpenstackLab;
let rabbit: RabbitmqPeer;
let daemon: Daemon;

/** The same choices for the same seed (mulberry32). */
function chooser(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
const random = chooser(SEED);
const one = <T>(some: readonly T[]): T => some[Math.floor(random() * some.length)] as T; // there is at least one

const brokerWords = (): readonly string[] => ['--broker', rabbit.amqp, '--broker-password-file', rabbit.passwordFile];
const startDaemon = async (): Promise<void> => {
  daemon = await Daemon.start({
    dataDir: folder.file('daemon'),
    passphraseFile,
    flags: ['--node', 'desk', '--only-workers', '--lost-after', String(LOST_AFTER_SECONDS), ...brokerWords()],
  });
};

async function startWorker(name: string): Promise<void> {
  const way = ways.get(name);
  const worker = await WorkerProcess.start({
    name,
    dataDir: folder.file(name),
    passphraseFile,
    broker: rabbit.amqp.replace(/:\d+\//, `:${way?.port ?? 0}/`),
    brokerPasswordFile: rabbit.passwordFile,
    joinKeyFile,
    flags: ['--slots', '3'],
  });
  workers.set(name, worker);
}

/** What may happen, with how long it lasts. */
const faults: Readonly<Record<string, () => Promise<void>>> = {
  'a worker is killed': async () => {
    const name = one(WORKERS);
    await workers.get(name)?.kill();
    await pause(500 + random() * 4000);
    await startWorker(name);
  },
  'a worker is killed, and stays away until it counts as lost': async () => {
    const name = one(WORKERS);
    await workers.get(name)?.kill();
    await pause((LOST_AFTER_SECONDS + 7) * 1000);
    await startWorker(name);
  },
  'the daemon is killed': async () => {
    await daemon.kill();
    await pause(random() * 3000);
    await startDaemon();
  },
  'the broker is killed': async () => {
    await rabbit.kill();
    await pause(random() * 2000);
    await rabbit.up();
  },
  'a worker freezes past its lease, and thaws': async () => {
    const worker = workers.get(one(WORKERS));
    worker?.signal('SIGSTOP');
    await pause((LOST_AFTER_SECONDS + 4 + random() * 6) * 1000);
    worker?.signal('SIGCONT');
  },
  'the way of a worker is cut for a while': async () => {
    const way = ways.get(one(WORKERS));
    way?.silence();
    await pause(1000 + random() * 5000);
    way?.speak();
  },
  'the way of a worker is cut until it counts as lost': async () => {
    const way = ways.get(one(WORKERS));
    way?.silence();
    await pause((LOST_AFTER_SECONDS + 8) * 1000);
    way?.speak();
  },
};

beforeAll(async () => {
  writeFileSync(passphraseFile, 'a passphrase for tests\n', { mode: 0o600 });
  const machines = Array.from({ length: RUNS * AT_ONCE + AT_ONCE }, (_, i): MachineSpec => {
    const content = seededContent(`disk of vm-${i}`, 3 * MiB, 7 + i);
    const mac = `00:50:56:ac:${Math.floor(i / 256)
      .toString(16)
      .padStart(2, '0')}:${(i % 256).toString(16).padStart(2, '0')}`;
    const disks = [{ sizeBytes: content.sizeBytes, isThin: true, content }];
    return { name: `vm-${i}`, power: i % 3 === 0 ? 'on' : 'off', disks, nics: [{ network: 'VM Network', mac }] };
  });
  vcenter = await startVcenter({ machines, withOthers: false, leaseTimeoutMs: LEASE_TIMEOUT_MS, shutdownMs: 200 });
  const quotas = { instances: -1, cores: -1, ramMiB: -1, ports: -1, floatingIps: -1, volumes: -1, volumeGiB: -1 };
  cloud = await startOpenstack({ quotas, buildMs: 20 });
  rabbit = await rabbitmqPeer();
  await startDaemon();
  const env = { GUTS_DATA_DIR: folder.file('daemon'), GUTS_VAULT: 'file', GUTS_VAULT_PASSPHRASE_FILE: passphraseFile };
  const key = await gutsWith(env, '', 'node', 'key', '-o', joinKeyFile);
  if (key.code !== 0) throw new Error(key.stderr);
  for (const name of WORKERS) {
    ways.set(name, await CuttingProxy.open('127.0.0.1', rabbit.port));
    await startWorker(name);
  }
  const { client } = daemon;
  const { url, user, password } = vcenter;
  const trust = { kind: 'pinned', sha256: vcenter.fingerprint } as const;
  await client.call('sources.create', { name: 'from', url, userName: user, trust, secret: password });
  await client.call('sources.refresh', { source: 'from' });
  await client.call('destinations.create', {
    name: 'to',
    authUrl: cloud.authUrl,
    auth: { method: 'applicationCredential', id: cloud.applicationCredential.id },
    trust: { kind: 'pinned', sha256: cloud.fingerprint },
    secret: cloud.applicationCredential.secret,
  });
  await client.call('settings.change', {
    slots: { global: 8, perSource: 8, perHost: 8, perDatastore: 8, perDestination: 8 },
  });
}, 180_000);
afterAll(async () => {
  for (const worker of workers.values()) await worker[Symbol.asyncDispose]();
  await daemon[Symbol.asyncDispose]();
  for (const way of ways.values()) await way[Symbol.asyncDispose]();
  await rabbit[Symbol.asyncDispose]();
  await Promise.all([vcenter[Symbol.asyncDispose](), cloud[Symbol.asyncDispose]()]);
  folder[Symbol.dispose]();
}, 60_000);

async function all(): Promise<readonly ScheduledMigration[]> {
  const records: ScheduledMigration[] = [];
  for await (const record of daemon.client.all('migrations.list', { limit: 1000 })) records.push(record);
  return records;
}

test(
  `a fleet survives ${RUNS} faults with every migration done once`,
  async () => {
    const begun = new Set<MigrationId>();
    const happened: string[] = [];
    const kinds = Object.keys(faults);
    for (let run = 0; run < RUNS; run++) {
      for (let i = 0; i < AT_ONCE; i++) {
        vcenter.faults.add({ where: 'nfc', kind: 'stall', afterBytes: 100_000, delayMs: Math.floor(random() * 6000) });
        const { request } = await daemon.client.call('migrations.create', {
          source: 'from',
          destination: 'to',
          vm: `vm-${run * AT_ONCE + i}`,
          options: { networks: [{ from: null, to: 'lan', ip: 'auto' }], mayPullPlug: true, bootTimeoutSeconds: 0 },
          start: true,
        });
        begun.add(request.id);
      }
      await pause(random() * 4000);
      // Each kind once, then by chance.
      const kind = kinds[run] ?? one(kinds);
      happened.push(kind);
      await faults[kind]?.();
    }
    vcenter.faults.clear();

    const records = await until(all, (some) => some.every(({ stage }) => isOver(stage)), PATIENCE_MS);
    const told = happened.join('; ');
    expect(new Set(records.map(({ request }) => request.id)), told).toEqual(begun);
    for (const { request, stage, ledger, error } of records)
      expect({ id: request.id, stage, ledger, error }, told).toMatchObject({ stage: 'done', ledger: [], error: null });
    const servers = cloud.state().servers.map(({ name, status }) => `${name} ${status}`);
    expect(servers.toSorted(), told).toEqual(records.map(({ request }) => `${request.vm.name} ACTIVE`).toSorted());
    const { images, volumes, ports } = cloud.state();
    const ours = [...images, ...volumes, ...ports].filter(({ name }) => (name ?? '').startsWith('guts-'));
    expect(ours, told).toEqual([]);
    expect((await daemon.client.call('tidy.run', {})).leftovers, told).toEqual([]);
    expect(
      vcenter.state().leases.filter(({ state }) => state === 'ready' || state === 'initializing'),
      told,
    ).toEqual([]);
    for (const id of begun) {
      const lines = readFileSync(folder.file(`daemon/migrations/${id}.jsonl`), 'utf8')
        .trim()
        .split('\n');
      const entries = lines.map(
        (line) => JSON.parse(line.slice(17)) as { what: string; by?: { token: number; number: number } },
      );
      // Under one token after the other, each line in its place; and never two ends.
      const tokens = entries.flatMap(({ by }) => by?.token ?? []);
      expect(tokens, `${id} ${told}`).toEqual(tokens.toSorted((a, b) => a - b));
      for (const [place, { by }] of entries.entries()) if (by !== undefined) expect(by.number, id).toBe(place);
      expect(lines.filter((line) => line.includes('"stage":"done"')).length, id).toBe(1);
    }
  },
  PATIENCE_MS + RUNS * 60_000,
);

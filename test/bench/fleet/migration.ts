/** A migration on a real worker behind a real broker, between the simulators: how much of it goes to the daemon, and stays there. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import * as path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { seededContent } from '../../lab/content.ts';
import { startOpenstack } from '../../lab/openstack/start.ts';
import type { MachineSpec } from '../../lab/vcenter/machine-spec.ts';
import { startVcenter } from '../../lab/vcenter/vcenter.ts';
import { rabbitmqPeer } from '../../interop/rabbitmq-peer.ts';
import { Daemon } from '../../support/daemon.ts';
import { guts } from '../../support/guts.ts';
import { WorkerProcess } from '../../support/worker.ts';

const MIB = 1024 ** 2;
const DISK_MIB = 4;

/** A migration's own, in a data folder that lasts as long as the benchmark. */
export interface Journal {
  readonly dataDir: string;
  /** Within that. */
  readonly file: string;
  readonly id: string;
}

export interface MigrationRows {
  readonly journal: Journal;
  readonly disks: number;
  /** Of its journal. */
  readonly entries: number;
  readonly journalBytes: number;
  readonly longestEntry: number;
  /** Of the scheduler's queue. */
  readonly lines: number;
  readonly lineBytes: number;
}

/** @param dir with a file `passphrase` @param diskCounts of each machine that moves */
export async function migrated(dir: string, diskCounts: readonly number[]): Promise<MigrationRows[]> {
  const machines = diskCounts.map((count, i): MachineSpec => ({
    name: `vm-${i}`,
    power: 'off',
    disks: Array.from({ length: count }, (_, at) => {
      const content = seededContent(`disk ${at} of vm-${i}`, DISK_MIB * MIB, 7 + i + at);
      return { sizeBytes: content.sizeBytes, isThin: true, content };
    }),
    nics: [{ network: 'VM Network' }],
  }));
  await using vcenter = await startVcenter({ machines, withOthers: false });
  await using cloud = await startOpenstack({ buildMs: 20 });
  await using rabbit = await rabbitmqPeer();
  const dataDir = path.join(dir, 'daemon-real');
  const passphraseFile = path.join(dir, 'passphrase');
  const broker = ['--broker', rabbit.amqp, '--broker-password-file', rabbit.passwordFile];
  await using daemon = await Daemon.start({
    dataDir,
    passphraseFile,
    flags: ['--node', 'desk', '--only-workers', ...broker],
  });
  const joinKeyFile = path.join(dir, 'real.key');
  const key = await guts(dataDir, 'node', 'key', '-o', joinKeyFile);
  if (key.code !== 0) throw new Error(key.stderr);
  const trust = { kind: 'pinned', sha256: vcenter.fingerprint } as const;
  const { url, user, password } = vcenter;
  await daemon.client.call('sources.create', { name: 'from', url, userName: user, trust, secret: password });
  await daemon.client.call('sources.refresh', { source: 'from' });
  await daemon.client.call('destinations.create', {
    name: 'to',
    authUrl: cloud.authUrl,
    auth: { method: 'applicationCredential', id: cloud.applicationCredential.id },
    trust: { kind: 'pinned', sha256: cloud.fingerprint },
    secret: cloud.applicationCredential.secret,
  });
  await using _worker = await WorkerProcess.start({
    name: 'w1',
    dataDir: path.join(dir, 'w1'),
    passphraseFile,
    broker: rabbit.amqp,
    brokerPasswordFile: rabbit.passwordFile,
    joinKeyFile,
  });
  const rows: MigrationRows[] = [];
  for (const [i, disks] of diskCounts.entries()) {
    const { request } = await daemon.client.call('migrations.create', {
      source: 'from',
      destination: 'to',
      vm: `vm-${i}`,
      options: { networks: [{ from: null, to: 'lan', ip: 'auto' }], bootTimeoutSeconds: 0, boot: 'volume' },
      start: true,
    });
    await done(daemon, request.id);
    const journal = linesWith(dataDir, request.id);
    const queue = readFileSync(path.join(dataDir, 'queue.jsonl'), 'utf8')
      .split('\n')
      .filter((line) => line.includes(request.id));
    rows.push({
      journal: { dataDir, file: journal[0]?.file ?? '', id: request.id },
      disks,
      entries: journal.length,
      journalBytes: journal.reduce((sum, { line }) => sum + line.length + 1, 0),
      longestEntry: Math.max(0, ...journal.map(({ line }) => line.length)),
      lines: queue.length,
      lineBytes: queue.reduce((sum, line) => sum + line.length + 1, 0),
    });
  }
  return rows;
}

async function done(
  daemon: Daemon,
  id: Parameters<typeof daemon.client.call<'migrations.show'>>[1]['id'],
): Promise<void> {
  for (;;) {
    const { stage, isRunning, error } = await daemon.client.call('migrations.show', { id });
    if (stage === 'done' && !isRunning) return;
    if (stage === 'failed') throw new Error(JSON.stringify(error));
    await pause(200);
  }
}

/** Of the files that are named after it. */
function linesWith(dataDir: string, id: string): { readonly file: string; readonly line: string }[] {
  return readdirSync(dataDir, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.includes(id) && statSync(path.join(dataDir, name)).isFile())
    .flatMap((file) =>
      readFileSync(path.join(dataDir, file), 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => ({ file, line })),
    );
}

/**
 * A daemon killed at random moments while it works off a queue: what it has acknowledged is never lost, nothing is left
 * over, and the queue keeps its order. GUTS_DAEMON_KILLS=500 makes it the long run.
 */
import { readdirSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MigrationId } from '../../main/shared/migration.ts';
import type { ScheduledMigration } from '../../main/shared/schedule.ts';
import { exits, isOver, type Stage } from '../../main/shared/stages.ts';
import { seededContent } from '../lab/content.ts';
import { startOpenstack, type OpenstackLab } from '../lab/openstack/start.ts';
import { startVcenter, type Vcenter } from '../lab/vcenter/vcenter.ts';
import type { MachineSpec } from '../lab/vcenter/machine-spec.ts';
import { Daemon } from '../support/daemon.ts';
import { MiB, scratch } from '../support/disks.ts';

const KILLS = Number(process.env['GUTS_DAEMON_KILLS'] ?? 15);
/** Machines without content, for an inventory of some size. */
const CROWD = Number(process.env['GUTS_DAEMON_CROWD'] ?? (KILLS >= 500 ? 10_000 : 300));
const MOVES = 50;
/** As long as a dead daemon's lease keeps its machine busy. */
const LEASE_TIMEOUT_MS = 1500;
const PATIENCE_MS = 15 * 60_000;

const folder = scratch();
let vcenter: Vcenter;
let cloud: OpenstackLab;

beforeAll(async () => {
  writeFileSync(folder.file('passphrase'), 'a passphrase for tests\n', { mode: 0o600 });
  const machines = [
    ...Array.from({ length: MOVES }, (_, i): MachineSpec => machineOf(`move-${i}`, i)),
    ...Array.from({ length: CROWD }, (_, i): MachineSpec => ({ name: `crowd-${i}`, disks: [], nics: [] })),
  ];
  vcenter = await startVcenter({ machines, withOthers: false, leaseTimeoutMs: LEASE_TIMEOUT_MS });
  const quotas = { instances: -1, cores: -1, ramMiB: -1, ports: -1, floatingIps: -1, volumes: -1, volumeGiB: -1 };
  cloud = await startOpenstack({ quotas, buildMs: 20 });
});
afterAll(async () => {
  await Promise.all([vcenter[Symbol.asyncDispose](), cloud[Symbol.asyncDispose]()]);
  folder[Symbol.dispose]();
});

function machineOf(name: string, i: number): MachineSpec {
  const content = seededContent(name, 1 * MiB, 7 + i);
  const mac = `00:50:56:ab:00:${i.toString(16).padStart(2, '0')}`;
  return {
    name,
    power: i % 3 === 0 ? 'on' : 'off',
    disks: [{ sizeBytes: content.sizeBytes, isThin: true, content }],
    nics: [{ network: 'VM Network', mac }],
  };
}

/** The daemon as it is started again and again; the last one goes with the story. */
class Running implements AsyncDisposable {
  #daemon: Daemon | undefined;

  async next(): Promise<Daemon> {
    this.#daemon = await Daemon.start({ dataDir: folder.file('data'), passphraseFile: folder.file('passphrase') });
    return this.#daemon;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#daemon?.kill();
  }
}

/** Something will happen with it. One that was never acknowledged may stand there planned, for whoever asked to start it. */
const isOpen = ({ stage, isQueued }: ScheduledMigration): boolean =>
  !isOver(stage) && (stage !== 'planned' || isQueued);

/** Whether the table of stages leads from one to the other, in any number of steps. */
function leadsTo(from: Stage, to: Stage, seen = new Set<Stage>()): boolean {
  if (from === to) return true;
  if (seen.has(from)) return false;
  seen.add(from);
  return Object.values(exits[from]).some((next) => leadsTo(next, to, seen));
}

test(
  `survives ${KILLS} kills with everything that it has acknowledged`,
  async () => {
    const said = new Map<MigrationId, ScheduledMigration>();
    const wished = new Map<MigrationId, 'start' | 'cancel'>();
    await using running = new Running();
    let daemon = await running.next();
    await setUp(daemon);
    const rounds = { kills: 0, moves: 0, order: [] as MigrationId[] };

    const hear = (record: ScheduledMigration): void => {
      const { id } = record.request;
      const before = said.get(id);
      if (before !== undefined) {
        const told = before.stages.map(({ stage }) => stage);
        expect(
          record.stages.slice(0, told.length).map(({ stage }) => stage),
          id,
        ).toEqual(told);
        expect(leadsTo(before.stage, record.stage), `${id}: ${before.stage} → ${record.stage}`).toBe(true);
      }
      said.set(id, record);
    };
    const look = async (): Promise<readonly ScheduledMigration[]> => {
      const all: ScheduledMigration[] = [];
      for await (const record of daemon.client.all('migrations.list', { limit: 1000 })) all.push(record);
      for (const id of said.keys())
        expect(
          all.map(({ request }) => request.id),
          'acknowledged',
        ).toContain(id);
      for (const record of all) {
        hear(record);
        const wish = wished.get(record.request.id);
        if (wish === 'start') expect(record.isQueued || isOver(record.stage), `${record.request.id} queued`).toBe(true);
      }
      return all;
    };

    while (rounds.kills < KILLS) {
      const killAt = Date.now() + 150 + Math.random() * 1800;
      const work = (async () => {
        for (;;) {
          const all = await look();
          const open = all.filter(isOpen);
          if (open.length < 10) {
            const vm = `move-${rounds.moves % MOVES}`;
            if (all.some((one) => one.request.vm.name === vm && isOpen(one))) rounds.moves++;
            else {
              const options = { networks: [{ from: null, to: 'lan', ip: 'auto' as const }], keepMac: false, mayPullPlug: true, bootTimeoutSeconds: 0 }; // prettier-ignore
              const made = await daemon.client.call('migrations.create', { source: 'from', destination: 'to', vm, options, start: true }); // prettier-ignore
              rounds.moves++;
              hear(made);
              wished.set(made.request.id, 'start');
              rounds.order.push(made.request.id);
            }
          } else if (Math.random() < 0.1) {
            const victim = open[Math.floor(Math.random() * open.length)];
            if (victim !== undefined) {
              const { id } = victim.request;
              wished.set(id, 'cancel');
              await daemon.client.call('migrations.action', { id, action: 'cancel' }).catch(() => {}); // over meanwhile
            }
          }
          await pause(50);
        }
      })();
      const died = work.catch((error: unknown) => error);
      await Promise.race([pause(Math.max(0, killAt - Date.now())), died]);
      await daemon.kill();
      rounds.kills++;
      const why = await died;
      if (why instanceof Error && why.name === 'AssertionError') throw why;
      const damaged = readdirSync(folder.file('data'), { recursive: true, encoding: 'utf8' });
      expect(damaged.filter((name) => name.endsWith('.corrupt'))).toEqual([]);
      daemon = await running.next();
      const queue = await look();
      const places = rounds.order.filter((id) => queue.some(({ request, isQueued }) => request.id === id && isQueued));
      const { migrations } = await daemon.client.call('migrations.list', {
        sort: 'queue',
        isQueued: true,
        limit: 1000,
      });
      const told = migrations.map(({ request }) => request.id).filter((id) => places.includes(id));
      const fresh = told.filter((id) => said.get(id)?.stage === 'queued' && said.get(id)?.placement === null);
      expect(fresh, 'order of the queue').toEqual(places.filter((id) => fresh.includes(id)));
    }

    const end = Date.now() + PATIENCE_MS;
    for (let all = await look(); all.some(isOpen); all = await look()) {
      if (Date.now() > end)
        throw new Error(
          JSON.stringify(
            all.filter(({ stage }) => !isOver(stage)),
            null,
            1,
          ),
        );
      await pause(300);
    }
    const all = (await look()).filter(({ stage }) => stage !== 'planned');
    for (const { request, stage, ledger, error } of all) {
      expect({ stage, ledger }, `${request.id} ${error?.code ?? ''}: ${error?.message ?? ''}`).toMatchObject({
        ledger: [],
      });
      expect(['done', 'cancelled'], `${request.id}: ${error?.message ?? ''}`).toContain(stage);
    }
    const { leftovers } = await daemon.client.call('tidy.run', {});
    expect(leftovers).toEqual([]);
    const done = all.filter(({ stage }) => stage === 'done').flatMap(({ outcome }) => outcome?.serverId ?? []);
    expect(
      cloud
        .state()
        .servers.map(({ id }) => id)
        .toSorted(),
    ).toEqual(done.toSorted());
    expect(vcenter.state().leases.filter(({ state }) => state === 'ready' || state === 'initializing')).toEqual([]);
    expect(await daemon.stop()).toBe(0);
  },
  PATIENCE_MS + KILLS * 10_000,
);

async function setUp({ client }: Daemon): Promise<void> {
  const { url, user, password, fingerprint } = vcenter;
  const trust = { kind: 'pinned', sha256: fingerprint } as const;
  await client.call('sources.create', { name: 'from', url, userName: user, trust, secret: password });
  await client.call('sources.refresh', { source: 'from' });
  const { authUrl, applicationCredential } = cloud;
  await client.call('destinations.create', {
    name: 'to',
    authUrl,
    auth: { method: 'applicationCredential', id: applicationCredential.id },
    trust: { kind: 'pinned', sha256: cloud.fingerprint },
    secret: applicationCredential.secret,
  });
}

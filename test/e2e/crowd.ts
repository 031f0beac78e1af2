/** A Guts with a thousand migrations that are there without their machines, and the window over it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { onlyCaller } from '../../main/access/access.ts';
import { serveOn, type Server } from '../../main/api/server.ts';
import type { EventHub } from '../../main/events.ts';
import { DestinationId, SourceId } from '../../main/shared/connections.ts';
import type { Role } from '../../main/shared/access.ts';
import { rowOf } from '../../main/shared/migration-row.ts';
import type { MigrationAction } from '../../main/shared/operations.ts';
import type { ScheduledMigration } from '../../main/shared/schedule.ts';
import type { Stage } from '../../main/shared/stages.ts';
import { thisProcess } from '../../main/store/process-mark.ts';
import { madeMigration } from '../api/made.ts';
import { smallHost } from '../api/small-host.ts';
import { newHome, openApp, type OpenApp } from './app.ts';

export interface Crowd extends AsyncDisposable {
  readonly open: OpenApp;
  readonly events: EventHub;
  readonly all: readonly ScheduledMigration[];
  /** What was wished for several at once. */
  readonly wished: { action: MigrationAction; ids: readonly string[] }[];
  /** Each disk under way is so much further, and that is told. */
  progress(bytes: number): void;
}

export interface CrowdOptions {
  readonly count: number;
  readonly copying: number;
  readonly role?: Role;
  /** Further ones, each at that stage. */
  readonly others?: readonly { readonly vm: string; readonly stage: Stage }[];
}

const SIZE = 40 * 2 ** 30;
const at = { source: SourceId.parse('src_aaaaaaaaaaaa'), destination: DestinationId.parse('dst_aaaaaaaaaaaa') };

export async function openCrowd({ count, copying, role = 'admin', others = [] }: CrowdOptions): Promise<Crowd> {
  const many = Array.from({ length: count }, (_, place) => {
    const vm = `vm-${String(place).padStart(4, '0')}`;
    return standing(vm, place < copying ? 'copying' : place % 3 === 0 ? 'done' : 'queued');
  });
  const all = [...others.map(({ vm, stage }) => standing(vm, stage)), ...many];
  const wished: Crowd['wished'] = [];
  const host = smallHost({
    'session.show': async () => ({
      caller: { name: 'somebody', role, project: null },
      version: '0.0.0',
      contract: 1,
      vault: { keepsIn: 'memory', says: 'nowhere', notUsed: [] },
    }),
    'migrations.rows': async () => ({ rows: all.map(rowOf), next: null }),
    'migrations.show': async ({ id }) => all.find(({ request }) => request.id === id) ?? fail(),
    'migrations.action': async ({ id, action }) => {
      wished.push({ action, ids: [id] });
      return all.find(({ request }) => request.id === id) ?? fail();
    },
    'migrations.actOnMany': async ({ action, ids = [] }) => {
      wished.push({ action, ids });
      return { results: ids.map((id) => ({ id, error: null })) };
    },
  });
  const server = await serveOn(host.app(onlyCaller({ name: 'somebody', role, project: null })), { port: 0 });
  const home = newHome();
  announce(home.dataDir, server);
  const open = await openApp({ home });
  return {
    open,
    events: host.events,
    all,
    wished,
    progress(bytes) {
      for (const { request, progress } of all)
        for (const one of progress) {
          const doneBytes = Math.min(one.totalBytes - 1, one.doneBytes + bytes);
          Object.assign(one, { doneBytes, writtenBytes: doneBytes });
          host.events.tell({ kind: 'progress', id: request.id, progress: one });
        }
    },
    async [Symbol.asyncDispose]() {
      await open[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
      home[Symbol.dispose]();
      host[Symbol.dispose]();
    },
  };
}

function fail(): never {
  throw new Error('There is no such migration.');
}

/** Where the window looks for a daemon that has the data folder. */
function announce(dataDir: string, { url, fingerprint }: Server): void {
  mkdirSync(dataDir, { recursive: true });
  const facts = { ...thisProcess(), startedAt: new Date().toISOString(), url, fingerprint, version: '0.0.0' };
  writeFileSync(path.join(dataDir, 'daemon.json'), JSON.stringify(facts));
}

function standing(vm: string, stage: Stage): ScheduledMigration {
  const made = madeMigration({ ...at, vm, options: {} });
  const isCopying = stage === 'copying';
  const now = new Date().toISOString();
  return {
    ...made,
    stage,
    isRunning: isCopying,
    isQueued: stage === 'queued' || isCopying,
    waitsFor: stage === 'queued' ? { reason: 'slot', says: 'No slot is free.', until: null } : null,
    stages: [...made.stages, { stage: 'preflight', at: now }, { stage, at: now }],
    plan: {
      targetName: vm,
      profile: { value: 'virtio', reason: 'for the story' },
      flavor: { value: { id: '3', name: 'm1.small' }, reason: 'for the story' },
      imageProperties: {},
      disks: [
        {
          key: '2000',
          label: 'Hard disk 1',
          sizeBytes: SIZE,
          sizeGiB: 40,
          reading: { value: 'lease', reason: 'for the story' },
          imageFormat: { value: 'qcow2', reason: 'for the story' },
          volumeType: null,
          bootIndex: 0,
        },
      ],
      ports: [],
      securityGroupIds: [],
      floatingNetworkId: null,
      serverGroupId: null,
    },
    progress: isCopying
      ? [
          {
            disk: 'Hard disk 1',
            diskIndex: 0,
            disks: 1,
            doneBytes: 0,
            totalBytes: SIZE,
            writtenBytes: 0,
            bytesPerSecond: 0,
            secondsLeft: null,
          },
        ]
      : [],
  };
}

/** A window over a Guts that knows a simulated vCenter and a simulated cloud, and somebody who asks the same Guts by REST. */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { z } from 'zod';
import { ApiClient } from '../../main/shared/client/client.ts';
import type { MigrationId, MigrationOptions } from '../../main/shared/migration.ts';
import type { ScheduledMigration } from '../../main/shared/schedule.ts';
import { startOpenstack, type OpenstackLab } from '../lab/openstack/start.ts';
import { startVcenter, type Vcenter, type VcenterOptions } from '../lab/vcenter/vcenter.ts';
import { until } from '../support/until.ts';
import { openApp, type OpenApp } from './app.ts';

export interface MoveLab extends AsyncDisposable {
  readonly open: OpenApp;
  readonly vcenter: Vcenter;
  readonly cloud: OpenstackLab;
  readonly client: ApiClient;
  /** Bytes per second to the cloud; null is no limit. */
  limit(bytesPerSecond: number | null): Promise<void>;
  /** Puts the move of a machine into the queue. */
  move(vm: string, options?: Partial<MigrationOptions>): Promise<MigrationId>;
  /** Returns when it stands so. */
  reaches(id: MigrationId, isThere: (one: ScheduledMigration) => boolean): Promise<ScheduledMigration>;
}

const Facts = z.object({ url: z.string() });

export async function openMoveLab(vcenterOptions: VcenterOptions = {}): Promise<MoveLab> {
  const [vcenter, cloud, open] = await Promise.all([
    startVcenter({ withOthers: false, ...vcenterOptions }),
    startOpenstack({ buildMs: 20 }),
    openApp(),
  ]);
  await open.page.locator('[data-engine]').waitFor();
  const { dataDir } = open.home;
  const { url } = Facts.parse(JSON.parse(readFileSync(path.join(dataDir, 'daemon.json'), 'utf8')));
  const token = readFileSync(path.join(dataDir, 'api-token'), 'utf8').trim();
  const client = new ApiClient(async (request) => await fetch(request), { baseUrl: url, token });
  await setUp(client, vcenter, cloud);
  return {
    open,
    vcenter,
    cloud,
    client,
    async limit(bytesPerSecond) {
      const { bandwidth } = await client.call('settings.show', {});
      const global = { otherwise: bytesPerSecond, table: [] };
      await client.call('settings.change', { bandwidth: { ...bandwidth, global } });
    },
    async move(vm, options = {}) {
      const networks = [{ from: null, to: 'lan', ip: 'auto' as const }];
      const wish = { source: 'vc1', destination: 'os1', vm, options: { networks, keepMac: false, ...options } };
      return (await client.call('migrations.create', { ...wish, start: true })).request.id;
    },
    reaches: async (id, isThere) => await until(async () => await client.call('migrations.show', { id }), isThere),
    async [Symbol.asyncDispose]() {
      await open[Symbol.asyncDispose]();
      await Promise.all([vcenter[Symbol.asyncDispose](), cloud[Symbol.asyncDispose]()]);
    },
  };
}

async function setUp(client: ApiClient, vcenter: Vcenter, cloud: OpenstackLab): Promise<void> {
  await client.call('sources.create', {
    name: 'vc1',
    url: vcenter.url,
    userName: vcenter.user,
    trust: { kind: 'pinned', sha256: vcenter.fingerprint },
    secret: vcenter.password,
  });
  await client.call('destinations.create', {
    name: 'os1',
    authUrl: cloud.authUrl,
    auth: { method: 'applicationCredential', id: cloud.applicationCredential.id },
    trust: { kind: 'pinned', sha256: cloud.fingerprint },
    secret: cloud.applicationCredential.secret,
  });
  await client.call('sources.refresh', { source: 'vc1' });
}

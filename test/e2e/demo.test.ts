/** The demo in the window: simulators with a company's machines, marked as a demo, and gone without a trace when it ends. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiClient } from '../../main/shared/client/client.ts';
import type { MigrationId } from '../../main/shared/migration.ts';
import { until } from '../support/until.ts';
import { keepPicture, openApp, type OpenApp } from './app.ts';
import { clientOf } from './two-sides.ts';

describe('the demo', () => {
  let open: OpenApp;
  let demo: ApiClient;
  const at = { source: 'Frankfurt vCenter', destination: 'Company cloud' };
  beforeAll(async () => {
    open = await openApp();
    const { page, home } = open;
    await page.getByRole('button', { name: 'Explore with a demo' }).click();
    await page.getByRole('button', { name: 'End the demo' }).waitFor();
    demo = clientOf({ dataDir: path.join(home.dataDir, 'demo', 'data') });
  });
  afterAll(async () => {
    await open[Symbol.asyncDispose]();
  });

  /** Moves one machine, and answers how it stands when it is over, or waits for somebody. */
  async function moved(vm: string, source = at.source) {
    const { request } = await demo.call('migrations.create', { ...at, source, vm, start: true });
    return await until(
      async () => await demo.call('migrations.show', { id: request.id }),
      ({ stage, waitsFor, error }) =>
        stage === 'done' || waitsFor?.reason === 'trouble' || (error !== null && stage === 'failed'),
    );
  }

  test('is marked as one, at the top and beside the name', async () => {
    const { page } = open;

    expect(await page.locator('[data-engine]').textContent()).toBe('Demo');
    await page.getByRole('region', { name: 'Demo' }).getByText('This is a demo.').waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await keepPicture(page, `demo-${colorScheme}`);
    }
    await page.emulateMedia({ colorScheme: null });
  });

  test('has two hundred machines in two data centres, ten on a host of Hyper-V, all connections, and a plan', async () => {
    const { instances } = await demo.call('instances.list', { limit: 1000 });
    const { sources } = await demo.call('sources.list', {});
    const { destinations } = await demo.call('destinations.list', {});
    const { plans } = await demo.call('plans.list', {});
    const { vault } = await demo.call('session.show', {});

    const onHost = instances.filter(({ hyperv }) => hyperv !== undefined);
    const inDatacenters = instances.filter(({ hyperv }) => hyperv === undefined);
    expect(onHost).toHaveLength(10);
    expect(inDatacenters).toHaveLength(200);
    expect(new Set(inDatacenters.map(({ datacenter }) => datacenter))).toEqual(new Set(['Frankfurt', 'Hamburg']));
    expect(new Set(inDatacenters.map(({ cluster }) => cluster)).size).toBe(4);
    expect(sources.map(({ name }) => name).toSorted()).toEqual([at.source, 'Hamburg Hyper-V']);
    expect(destinations.map(({ name }) => name)).toEqual([at.destination]);
    expect(plans.map(({ machines }) => machines.length)).toEqual([12]);
    expect(vault.keepsIn).toBe('memory');
  });

  test('moves a machine to its end within moments', async () => {
    const { stage, error, outcome } = await moved('web-portal-01');

    expect(error).toBeNull();
    expect(stage).toBe('done');
    expect(outcome?.boot.verdict).toBe('running');
    expect(outcome?.seconds).toBeLessThan(120); // some, where the computer has more to do
  });

  test('moves a machine of the Hyper-V host, too', async () => {
    const { stage, error } = await moved('ham-time-01', 'Hamburg Hyper-V');

    expect(error).toBeNull();
    expect(stage).toBe('done');
  });

  test('has a log of its own, and writes nothing into that of the real Guts', async () => {
    const { page, home } = open;
    await until(
      async () => await demo.call('logs.list', {}),
      ({ lines }) => lines.some(({ fields }) => fields['vm'] === 'web-portal-01' && fields['stage'] === 'done'),
    );

    await page.evaluate(() => void (location.hash = '/settings/log'));
    await page
      .getByText(/web-portal-01/)
      .first()
      .waitFor();
    const real = path.join(home.dataDir, 'logs', 'guts.log');
    expect(existsSync(real) ? readFileSync(real, 'utf8') : '').not.toContain('web-portal-01');
    expect(readFileSync(path.join(home.dataDir, 'demo', 'data', 'logs', 'guts.log'), 'utf8')).toContain(
      'web-portal-01',
    );
  });

  test.each([
    ['crm-legacy-01', 'vsphere.maintenance-mode'],
    ['fax-gateway-01', 'openstack.server-failed'],
    ['mail-archive-01', 'guest.kernel-no-root'],
  ])('has %s for %s', async (vm, code) => {
    expect((await moved(vm)).error?.code).toBe(code);
  });

  test('has an upload that breaks off until Guts waits, and comes whole the next time', async () => {
    const { request } = await moved('wiki-legacy-01');
    await until(
      async () => await demo.call('migrations.show', { id: request.id }),
      ({ waitsFor }) => waitsFor?.reason === 'trouble', // said a moment after its error
    );

    await demo.call('migrations.action', { id: request.id, action: 'start' }); // rather than wait a minute
    const { stage } = await until(
      async () => await demo.call('migrations.show', { id: request.id }),
      ({ isQueued }) => !isQueued,
    );
    expect(stage).toBe('done');
  });

  test.each([
    ['video-archive-01', 'OST-13'],
    ['san-db-01', 'DSK-04'],
    ['vault-01', 'DSK-15'],
    ['scanner-01', 'DSK-03'],
    ['pilot-01', 'CBT-04'],
    ['demo-stand-01', 'VM-07'],
    ['appliance-01', 'VM-10b'],
    ['backup-01', 'NET-01'],
    ['hsm-proxy-01', 'DEV-03'],
    ['calculation-01', 'OST-02'],
    ['payroll-01', 'DEV-02'],
    ['gone-host-01', 'VM-16'],
  ])('has %s, of which preflight says %s', async (vm, id) => {
    const { findings } = await demo.call('checks.run', { ...at, vm });

    expect(findings.map((finding) => finding.id)).toContain(id);
  });

  test('lets the real Guts go on meanwhile', async () => {
    const { sources } = await clientOf(open.home).call('sources.list', {});

    expect(sources).toEqual([]);
  });

  test('ends at once where it is told to, also while something runs, and leaves nothing', async () => {
    const { page, home } = open;
    const running: MigrationId[] = [];
    for (const vm of ['file-01', 'log-01']) {
      const { request } = await demo.call('migrations.create', { ...at, vm, start: true });
      running.push(request.id);
    }
    await until(
      async () => await demo.call('migrations.show', { id: running[0] as MigrationId }), // one was pushed above
      ({ isRunning }) => isRunning,
    );

    await page.getByRole('button', { name: 'End the demo' }).click();

    await page.getByRole('button', { name: 'Explore with a demo' }).waitFor();
    expect(await page.locator('[data-engine]').textContent()).toBe('Engine of this window');
    await until(
      async () => await Promise.resolve(existsSync(path.join(home.dataDir, 'demo'))),
      (isThere) => !isThere,
    );
    expect(readdirSync(home.dataDir)).not.toContain('demo');
  });

  test('starts afresh the next time, and goes when the window is closed', async () => {
    const { page, app, home } = open;

    await page.getByRole('button', { name: 'Explore with a demo' }).click();
    await page.getByRole('button', { name: 'End the demo' }).waitFor();
    const again = clientOf({ dataDir: path.join(home.dataDir, 'demo', 'data') });
    expect((await again.call('migrations.rows', {})).rows).toEqual([]);
    await app.close();

    expect(readdirSync(home.dataDir)).not.toContain('demo');
  });
});

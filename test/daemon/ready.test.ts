/** `/readyz` of a daemon: whether it can do what it is asked, and why it cannot. */
import { renameSync } from 'node:fs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Daemon } from '../../main/daemon.ts';
import type { MigrationNode } from '../../main/scheduler/node.ts';
import { Vault } from '../../main/vault/vault.ts';
import { scratch } from '../support/disks.ts';
import { until } from '../support/until.ts';

beforeEach(() => vi.stubEnv('GUTS_VAULT', 'file'));
afterEach(() => vi.unstubAllEnvs());

const none = async (): Promise<null> => await Promise.resolve(null);

interface Running extends AsyncDisposable {
  /** What is asked without a token. */
  ready(): Promise<{ readonly status: number; readonly says: string }>;
}

async function running(dataDir: string, nodes?: readonly MigrationNode[]): Promise<Running> {
  const options = { port: 0, dataDir, askPassphrase: none, onDetail: () => {} };
  const daemon = await Daemon.start({ ...options, ...(nodes === undefined ? {} : { nodes }) });
  return {
    ready: async () => {
      const answer = await fetch(`${daemon.url}/readyz`);
      return { status: answer.status, says: await answer.text() };
    },
    [Symbol.asyncDispose]: async () => void (await daemon.stop()),
  };
}

test('a daemon is ready as soon as it answers, and not while its data folder cannot be written', async () => {
  using tmp = scratch();
  const dataDir = tmp.file('data');
  await using daemon = await running(dataDir);
  expect(await daemon.ready()).toEqual({ status: 200, says: '{"status":"ready"}' });

  renameSync(dataDir, tmp.file('elsewhere'));
  const { says } = await until(daemon.ready, ({ status }) => status === 503);
  expect(says).toContain('data folder cannot be written (ENOENT)');
  expect(says).not.toContain(tmp.dir);

  renameSync(tmp.file('elsewhere'), dataDir);
  await until(daemon.ready, ({ status }) => status === 200);
});

test('a daemon whose vault is sealed is not ready: it can sign in nowhere', async () => {
  using tmp = scratch();
  const vault = new Vault({ dataDir: tmp.dir, askPassphrase: async () => await Promise.resolve('correct horse') });
  await vault.set('src_000000000001', 'secret');

  await using daemon = await running(tmp.dir);

  expect(await daemon.ready()).toMatchObject({ status: 503, says: expect.stringContaining('vault is sealed') });
});

test('a daemon is not ready while no node answers', async () => {
  using tmp = scratch();
  const gone = async (): Promise<never> => await Promise.reject(new Error('nobody is there'));
  const node = {
    id: 'rack1',
    facts: gone,
    preflight: gone,
    measure: gone,
    run: gone,
    pause: gone,
    cancel: gone,
    watchLatency: gone,
  };

  await using daemon = await running(tmp.dir, [node]);

  expect(await daemon.ready()).toMatchObject({ status: 503, says: expect.stringContaining('no node answers') });
});

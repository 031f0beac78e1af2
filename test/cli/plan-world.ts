/** A daemon between a simulated vCenter and a simulated cloud, both set up and read; nothing starts, so that all stays as it was written down. */
import { writeFileSync } from 'node:fs';
import type { ApiClient } from '../../main/shared/client/client.ts';
import { startOpenstack } from '../lab/openstack/start.ts';
import { startVcenter } from '../lab/vcenter/vcenter.ts';
import { Daemon } from '../support/daemon.ts';
import { scratch } from '../support/disks.ts';
import { gutsWith, type Outcome } from '../support/guts.ts';

export interface PlanWorld extends AsyncDisposable {
  readonly client: ApiClient;
  readonly guts: (...args: string[]) => Promise<Outcome>;
  /** Of the machine with this name. */
  readonly refOf: (name: string) => string;
  readonly file: (name: string) => string;
}

export async function planWorld(): Promise<PlanWorld> {
  const tmp = scratch();
  const [dataDir, passphraseFile] = [tmp.file('data'), tmp.file('passphrase')];
  writeFileSync(passphraseFile, 'a passphrase for tests\n', { mode: 0o600 });
  const [vc, cloud, daemon] = await Promise.all([
    startVcenter(),
    startOpenstack(),
    Daemon.start({ dataDir, passphraseFile }),
  ]);
  const { client } = daemon;
  const { url, user: userName, password } = vc;
  const trust = { kind: 'pinned', sha256: vc.fingerprint } as const;
  await client.call('sources.create', { name: 'vc1', url, userName, secret: password, trust });
  const { id, secret } = cloud.applicationCredential;
  await client.call('destinations.create', {
    name: 'os1',
    authUrl: cloud.authUrl,
    auth: { method: 'applicationCredential', id },
    secret,
    trust: { kind: 'pinned', sha256: cloud.fingerprint },
  });
  await client.call('sources.refresh', { source: 'vc1' });
  await client.call('settings.change', { isPaused: true });
  const refs = new Map<string, string>();
  for await (const { name, ref } of client.all('instances.rows', { limit: 1000 })) refs.set(name, ref);
  const env = { GUTS_DATA_DIR: dataDir, GUTS_VAULT: 'file', GUTS_VAULT_PASSPHRASE_FILE: passphraseFile };
  return {
    client,
    guts: (...args) => gutsWith(env, '', ...args),
    refOf: (name) => refs.get(name) ?? '',
    file: tmp.file,
    [Symbol.asyncDispose]: async () => {
      await daemon[Symbol.asyncDispose]();
      await Promise.all([vc[Symbol.asyncDispose](), cloud[Symbol.asyncDispose]()]);
      tmp[Symbol.dispose]();
    },
  };
}

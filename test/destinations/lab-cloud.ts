/** The simulated cloud, signed in to, for stories about what is made in it. */
import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { DestinationSignIn } from '../../main/shared/connections.ts';
import { openOpenstack } from '../../worker/destinations/openstack/driver.ts';
import type { Clock } from '../../worker/destinations/openstack/patience.ts';
import type { DestinationDriver, ImageSpec, ImageUpload } from '../../worker/drivers.ts';
import { type OpenstackLab, type OpenstackOptions, startOpenstack } from '../lab/openstack/start.ts';
import { MemoryLedger } from '../support/memory-ledger.ts';

export const never = new AbortController().signal;
export const TAG = 'guts-mig_0123456789ab';

/** Waits as long as it has to be waited for a simulator, and says that it was as long as a cloud takes. */
export function quickClock(): Clock {
  let aheadMs = 0;
  return {
    now: () => Date.now() + aheadMs,
    pause: async (ms, signal) => {
      aheadMs += ms;
      await wait(Math.min(ms, 10), undefined, { signal });
    },
  };
}

export class LabCloud implements AsyncDisposable {
  readonly lab: OpenstackLab;
  readonly cloud: DestinationDriver;
  ledger = new MemoryLedger(TAG);

  static async start(
    options: OpenstackOptions = {},
    user = 'migrator',
    proxy: string | null = null,
  ): Promise<LabCloud> {
    const lab = await startOpenstack({ buildMs: 20, ...options });
    return new LabCloud(lab, await openOpenstack(signInTo(lab, user, proxy), never, { clock: quickClock() }));
  }

  private constructor(lab: OpenstackLab, cloud: DestinationDriver) {
    this.lab = lab;
    this.cloud = cloud;
  }

  /** An image of these bytes, made and sent as a migration does it. */
  async image(key: string, bytes: Uint8Array, change: Partial<ImageSpec> = {}): Promise<string> {
    await using upload = await this.cloud.openImage(imageSpec(key, change), this.ledger, never);
    await send(upload, bytes);
    await finish(upload, bytes);
    return upload.imageId;
  }

  async undo(): Promise<void> {
    await this.ledger.undo(this.cloud, never);
  }

  /** How many things of each kind users have in the cloud, without those that are none. */
  get things(): Readonly<Record<string, number>> {
    const counts = Object.entries(this.lab.state()).map(
      ([kind, things]) => [kind, (things as unknown[]).length] as const,
    );
    return Object.fromEntries(counts.filter(([, count]) => count > 0));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cloud[Symbol.asyncDispose]();
    await this.lab[Symbol.asyncDispose]();
  }
}

export const imageSpec = (key: string, change: Partial<ImageSpec> = {}): ImageSpec => ({
  key: `image:${key}`,
  name: `${TAG}-disk-${key}`,
  format: 'raw',
  minDiskGiB: 1,
  properties: { hw_disk_bus: 'virtio', os_type: 'linux' },
  ...change,
});

/** A disk of 3 MiB, another one for each seed. */
export function diskBytes(seed: number): Uint8Array {
  const bytes = Buffer.alloc(3 * 1024 * 1024, `disk ${seed} `);
  bytes.set([0x55, 0xaa], 510);
  return bytes;
}

export async function send(upload: ImageUpload, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.byteLength; at += 256 * 1024) await upload.append(bytes.subarray(at, at + 256 * 1024));
}

export const finish = async (upload: ImageUpload, bytes: Uint8Array): Promise<{ readonly evidence: string }> =>
  await upload.finish({ sha512: createHash('sha512').update(bytes).digest('hex'), sizeBytes: bytes.byteLength }, never);

function signInTo(lab: OpenstackLab, user: string, proxy: string | null): DestinationSignIn {
  const { name, password, defaultProject } = lab.users.find((one) => one.name === user) ?? {};
  return DestinationSignIn.parse({
    secret: password,
    connection: {
      id: 'dst_000000000001',
      name: 'lab',
      kind: 'openstack',
      authUrl: lab.authUrl,
      auth: {
        method: 'password',
        userName: name,
        userDomain: 'Default',
        project: defaultProject,
        projectDomain: 'Default',
      },
      region: null,
      interface: 'public',
      trust: { kind: 'pinned', sha256: lab.fingerprint },
      proxy,
      createdAt: '2026-11-22T00:00:00Z',
      about: null,
    },
  });
}

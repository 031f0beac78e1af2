/** A Hyper-V source under test, simulated or a peer: how to sign in. */
import { readFileSync } from 'node:fs';
import { HypervConnection, type DiskAccess, type HypervSignIn } from '../../main/shared/connections.ts';
import type { InventoryVm } from '../../main/shared/inventory.ts';
import type { PlannedDisk } from '../../main/shared/migration.ts';
import type { Trust } from '../../main/shared/trust.ts';

export interface HypervUnderTest {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly trust: Trust;
  readonly smbPort: number;
}

export interface SignInWishes {
  readonly signInBy?: 'ntlm' | 'basic';
  readonly encrypt?: boolean;
  readonly places?: DiskAccess['places'];
  /** Other ones than are right. */
  readonly password?: string;
  readonly smbPort?: number;
}

export function signInToHyperv(
  { url, user, password, trust, smbPort }: HypervUnderTest,
  { signInBy = 'ntlm', encrypt = true, places = [] }: SignInWishes = {},
): HypervSignIn {
  const connection = HypervConnection.parse({
    id: 'src_000000000002',
    name: 'hyperv',
    kind: 'hyperv',
    url,
    userName: user,
    signInBy,
    trust,
    proxy: null,
    disks: { smbPort, encrypt, places: [...places] },
    createdAt: new Date(0).toISOString(),
    about: null,
  });
  return { connection, secret: password };
}

export const authoritiesIn = (file: string): Trust => ({ kind: 'authorities', pem: readFileSync(file, 'utf8') });

/** All disks of a machine as a plan would have them read: by their own files. */
export const plannedByFile = (disks: InventoryVm['disks']): PlannedDisk[] =>
  disks.map(({ key, label, sizeBytes }, index) => ({
    key,
    label,
    sizeBytes,
    sizeGiB: Math.max(1, Math.ceil(sizeBytes / 2 ** 30)),
    bootIndex: index,
    reading: { value: 'file', reason: 'The test says so.' },
    imageFormat: { value: 'raw', reason: 'The test says so.' },
    volumeType: null,
  }));

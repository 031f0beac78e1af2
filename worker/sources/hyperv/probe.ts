/** Tries a connection to a Hyper-V host, for an operator who is just setting it up. */
import type { HypervSignIn } from '../../../main/shared/connections.ts';
import { winrmPlace } from '../../../main/shared/hyperv-address.ts';
import { GutsError } from '../../../main/shared/errors.ts';
import type { SourceTestResult } from '../../../main/shared/move-jobs.ts';
import { accountOf } from './account.ts';
import { HostFiles } from './disks/files.ts';
import { HypervHosts } from './hosts.ts';

/** Windows Server 2012 R2, the first with VHDX checkpoints that can be merged while a machine runs. */
export const OLDEST_SUPPORTED = '6.3';
/** A file that nobody has: that it is missing shows that the folder can be looked into. */
const NOBODYS = 'guts-looks-whether-it-may.vhdx';
const MISSING = ['hyperv.file-missing', 'disk.file-missing'];

/** Signs in, looks around, signs out. @throws GutsError when that does not work */
export async function testHyperv(signIn: HypervSignIn, signal: AbortSignal): Promise<SourceTestResult> {
  await using hosts = await HypervHosts.open(signIn, signal);
  const { about, aboutHost } = hosts;
  const unreadable = await whyDisksCannotBeRead(signIn, aboutHost.disksFolder, signal);
  const warnings = [
    isOlder(about.version, OLDEST_SUPPORTED)
      ? `${about.product} ${about.version} is older than Windows Server 2012 R2, the oldest that Guts is made for.`
      : [],
    unreadable ?? [],
  ].flat();
  return { about, missingPrivileges: [], warnings };
}

async function whyDisksCannotBeRead(
  { connection, secret }: HypervSignIn,
  folder: string,
  signal: AbortSignal,
): Promise<string | null> {
  if (folder === '') return null;
  await using files = new HostFiles(connection.disks, accountOf(connection.userName, secret));
  const { host } = winrmPlace(connection);
  try {
    const file = await files.open(host, `${folder.replace(/\\+$/, '')}\\${NOBODYS}`, signal);
    await file[Symbol.asyncDispose]();
    return null;
  } catch (error) {
    if (signal.aborted || !(error instanceof GutsError)) throw error;
    return MISSING.includes(error.code) ? null : `Disks cannot be read from here: ${error.message} ${error.remedy}`;
  }
}

export function isOlder(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => text.split('.').map(Number));
  for (let i = 0; i < 2; i++) {
    const [one = 0, other = 0] = [a?.[i], b?.[i]];
    if (one !== other) return one < other;
  }
  return false;
}

/** Finds the way to a file of the host: a path that this machine can open, or a share of the host over SMB. */
import type { DiskAccess } from '../../../../main/shared/connections.ts';
import { openFile, type ByteSource } from '../../../disk/bytes.ts';
import type { Account } from '../ntlm/keys.ts';
import { SmbHost } from '../smb/host.ts';
import { UnreadableDiskError } from '../errors.ts';

/** `\\server\share\folder\file`. */
interface Shared {
  readonly server: string;
  readonly share: string;
  readonly path: string;
}

export class HostFiles implements AsyncDisposable {
  readonly #access: DiskAccess;
  readonly #account: Account;
  /** One connection for each server, by its name in lower case. */
  readonly #servers = new Map<string, Promise<SmbHost>>();

  constructor(access: DiskAccess, account: Account) {
    this.#access = access;
    this.#account = account;
  }

  /**
   * @param host which has the file, for its admin shares
   * @param path as that host writes it: `D:\…`, `C:\ClusterStorage\…`, `\\server\share\…`
   * @throws MissingFileError, SmbRefusedError and what connecting throws
   */
  async open(host: string, path: string, signal: AbortSignal): Promise<ByteSource> {
    if (/(?:^|[\\/])\.{1,2}(?:[\\/]|$)/.test(path))
      throw new UnreadableDiskError(
        `“${path}” leads out of its folder.`,
        'Write the whole path of the disk into the machine’s settings on the host, and try again.',
      );
    const here = this.#placeFor(path);
    if (here !== null && sharedFrom(here) === null) return await openFile(here);
    const shared = sharedFrom(here ?? path) ?? adminShare(host, path);
    if (shared === null)
      throw new UnreadableDiskError(
        `“${path}” is no path to a file.`,
        'Look at the machine’s disk in Hyper-V Manager: only disks that are files can be read.',
      );
    const server = await this.#server(shared.server, signal);
    return await server.openFile(shared.share, shared.path, signal);
  }

  /** How the bytes of a file come, for reports. */
  wayTo(path: string): string {
    const here = this.#placeFor(path);
    return here !== null && sharedFrom(here) === null
      ? 'from a folder of this machine'
      : 'over SMB, whose messages are signed or encrypted';
  }

  /** What the operator said of where a folder of the host can be reached; the longest that fits. */
  #placeFor(path: string): string | null {
    const fits = ({ onHost }: DiskAccess['places'][number]): boolean => isWithin(path, onHost.replace(/\\+$/, ''));
    const [place] = this.#access.places.filter(fits).toSorted((a, b) => b.onHost.length - a.onHost.length);
    if (place === undefined) return null;
    const rest = path.slice(place.onHost.replace(/\\+$/, '').length);
    const isShared = place.here.startsWith('\\\\');
    return isShared
      ? place.here.replace(/\\+$/, '') + rest
      : place.here.replace(/\/+$/, '') + rest.replaceAll('\\', '/');
  }

  async #server(name: string, signal: AbortSignal): Promise<SmbHost> {
    const key = name.toLowerCase();
    const known = this.#servers.get(key);
    if (known !== undefined) return await known;
    const opening = openShares(name, this.#access, this.#account, signal);
    this.#servers.set(key, opening);
    opening.catch(() => this.#servers.delete(key));
    return await opening;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const servers = await Promise.allSettled(this.#servers.values());
    await Promise.all(
      servers.map(async (one) => (one.status === 'fulfilled' ? await one.value[Symbol.asyncDispose]() : undefined)),
    );
  }
}

/** Signs in to the shares of a server, as the operator wants them read. */
export async function openShares(
  host: string,
  { smbPort: port, encrypt }: DiskAccess,
  account: Account,
  signal: AbortSignal,
): Promise<SmbHost> {
  return await SmbHost.open({ host, port, account, encrypt: encrypt ? 'whereOffered' : 'whereDemanded' }, signal);
}

/** Windows does not look at the case of names. */
function isWithin(path: string, folder: string): boolean {
  const [a, b] = [path.toLowerCase(), folder.toLowerCase()];
  return a.startsWith(`${b}\\`);
}

function sharedFrom(path: string): Shared | null {
  const [, server, share, rest] = /^\\\\([^\\/?.][^\\/]*)\\([^\\/]+)\\(.+)$/.exec(path) ?? [];
  return server === undefined || share === undefined || rest === undefined ? null : { server, share, path: rest };
}

/** `D:\VMs\a.vhdx` of a host is `\\host\D$\VMs\a.vhdx`. */
function adminShare(host: string, path: string): Shared | null {
  const [, drive, rest] = /^(?:\\\\[?.]\\)?([A-Za-z]):\\(.+)$/.exec(path) ?? [];
  return drive === undefined || rest === undefined
    ? null
    : { server: host, share: `${drive.toUpperCase()}$`, path: rest };
}

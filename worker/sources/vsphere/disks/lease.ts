/** Export leases: vSphere makes streamOptimized VMDKs of a machine’s disks, as long as somebody keeps the lease alive. */
import { z } from 'zod';
import type { InventoryDisk, InventoryVm } from '../../../../main/shared/inventory.ts';
import type { ByteStream } from '../../../disk/bytes.ts';
import type { Ledger, StreamedDisk } from '../../../drivers.ts';
import { openDownload, type BulkFile } from '../../../net/bulk-get.ts';
import { StrangeAnswerError } from '../../../net/errors.ts';
import { HttpStatusError } from '../../../net/http-errors.ts';
import type { PeerTrust } from '../../../net/tls.ts';
import { GoneError, NotSupportedError, VsphereError, WrongStateError } from '../errors.ts';
import { faultOfTask } from '../faults.ts';
import type { VsphereSession } from '../session.ts';
import { waitForProperties } from '../tasks.ts';
import { type ManagedRef, ManagedRefValue, listOf } from '../values.ts';
import { LeaseLostError, UnreadableDiskError } from './errors.ts';

/** The ledger's key for the lease of a machine; there is one at a time. */
export const LEASE_KEY = 'lease';
/** Of the time after which vSphere takes a silent lease back. */
const PROGRESS_SHARE = 3;
const LONGEST_SILENCE_MS = 100_000;
const ABORT_TIMEOUT_MS = 30_000;

const LeaseInfo = z.object({
  leaseTimeout: z.coerce.number().positive(),
  totalDiskCapacityInKB: z.coerce.number().nonnegative(),
  deviceUrl: listOf(
    z.object({
      key: z.string(),
      url: z.string(),
      sslThumbprint: z.string().nullish(),
      disk: z.union([z.boolean(), z.string()]).nullish(),
    }),
  ),
});
type LeaseInfo = z.infer<typeof LeaseInfo>;

const Manifest = listOf(
  z.object({
    key: z.string(),
    sha1: z.string().nullish(),
    checksum: z.string().nullish(),
    checksumType: z.string().nullish(),
    size: z.coerce.number(),
  }),
);

/** What is exported: a machine that is off, or a snapshot of one. */
export interface Exported {
  readonly ref: ManagedRef;
  readonly vm: InventoryVm;
  readonly ledger: Ledger;
}

interface Held {
  readonly ref: ManagedRef;
  readonly info: LeaseInfo;
  /** Aborted with the reason when the lease is lost. */
  readonly lost: AbortController;
  readonly timer: NodeJS.Timeout;
}

/** One lease, and another one when the first is lost. Disposing it aborts what was not completed. */
export class Lease implements AsyncDisposable {
  readonly #session: VsphereSession;
  readonly #exported: Exported;
  #held: Held | null = null;
  #opening: Promise<Held> | null = null;
  #receivedBytes = 0;

  private constructor(session: VsphereSession, exported: Exported) {
    this.#session = session;
    this.#exported = exported;
  }

  /** @throws GutsError, a VsphereError where vSphere gives no lease: it is busy, on, not licensed … */
  static async open(session: VsphereSession, exported: Exported, signal: AbortSignal): Promise<Lease> {
    const lease = new Lease(session, exported);
    lease.#held = await lease.#acquire(signal);
    return lease;
  }

  /** The disk as a stream. @throws UnreadableDiskError where the lease has none for it */
  streamOf(disk: InventoryDisk, mostDataBytes: number | null): StreamedDisk {
    this.#urlOf(this.#held?.info, disk); // now, rather than when the first byte is wanted
    const name = `${this.#exported.vm.name}: ${disk.label}`;
    return {
      kind: 'stream',
      key: disk.key,
      name,
      sizeBytes: disk.sizeBytes,
      mostDataBytes,
      open: async (signal) => await this.#openStream(disk, name, signal),
      manifest: async (signal) => await this.#manifestOf(disk, signal),
    };
  }

  /** Tells vSphere that all is read; the machine is free again. */
  async complete(signal: AbortSignal): Promise<void> {
    const held = this.#held;
    if (held === null) throw new LeaseLostError('The lease ended before it was completed.');
    await this.#session.call('HttpNfcLeaseComplete', held.ref, {}, signal);
    this.#drop(held);
    await this.#exported.ledger.settle(LEASE_KEY);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opening?.catch(() => {}); // whoever asked for it is told
    const held = this.#held;
    if (held === null) return;
    this.#drop(held);
    await this.#giveBack(held.ref);
  }

  async #acquire(signal: AbortSignal): Promise<Held> {
    const { ref, vm, ledger } = this.#exported;
    const method = ref.type === 'VirtualMachine' ? 'ExportVm' : 'ExportSnapshot';
    const item = { key: LEASE_KEY, side: 'source', kind: 'lease', name: ledger.tag, facts: { vm: vm.ref } } as const;
    const { id } = await ledger
      .make(item, async () => ManagedRefValue.parse(await this.#session.call(method, ref, {}, signal)))
      .catch(async (error: unknown) => {
        if (error instanceof VsphereError) await ledger.settle(LEASE_KEY); // it said no: there is none to undo
        throw error;
      });
    const lease: ManagedRef = { type: 'HttpNfcLease', id };
    try {
      const info = await this.#whenReady(lease, signal);
      const lost = new AbortController();
      const everyMs = Math.min(Math.floor((info.leaseTimeout * 1000) / PROGRESS_SHARE), LONGEST_SILENCE_MS);
      const timer = setInterval(() => void this.#tellProgress(held, everyMs), everyMs);
      const held: Held = { ref: lease, info, lost, timer };
      return held;
    } catch (error) {
      // Where this fails too the lease stays in the ledger, and the first error is the one to tell.
      await this.#giveBack(lease).catch(() => {});
      throw error;
    }
  }

  async #giveBack(lease: ManagedRef): Promise<void> {
    await abortLease(this.#session, lease, AbortSignal.timeout(ABORT_TIMEOUT_MS));
    await this.#exported.ledger.settle(LEASE_KEY);
  }

  async #whenReady(lease: ManagedRef, signal: AbortSignal): Promise<LeaseInfo> {
    const isSettled = (found: ReadonlyMap<string, unknown>): boolean =>
      found.get('state') === 'ready' || found.get('state') === 'error';
    await waitForProperties(this.#session, lease, ['state'], isSettled, signal);
    const found = await this.#session.properties(lease, ['state', 'error', 'info'], signal);
    if (found.get('state') !== 'ready') throw this.#session.errorOf(faultOfTask(found.get('error')));
    const info = LeaseInfo.safeParse(found.get('info')).data;
    if (info === undefined) throw new StrangeAnswerError('vSphere gives a lease that names no disks.');
    return info;
  }

  /** Called in time, whether bytes come or not: vSphere takes a silent lease back. */
  async #tellProgress(held: Held, timeoutMs: number): Promise<void> {
    try {
      const capacity = held.info.totalDiskCapacityInKB * 1024;
      const percent = Math.min(99, Math.floor((100 * this.#receivedBytes) / Math.max(1, capacity)));
      const signal = AbortSignal.any([held.lost.signal, AbortSignal.timeout(timeoutMs)]);
      await this.#session.call('HttpNfcLeaseProgress', held.ref, { percent }, signal);
    } catch (error) {
      if (!isMomentary(error)) this.#lose(held, error);
    }
  }

  #lose(held: Held, cause: unknown): void {
    if (this.#held !== held) return;
    const name = this.#exported.vm.name;
    held.lost.abort(new LeaseLostError(`vSphere ended the lease of “${name}” before its disks were read.`, { cause }));
    this.#drop(held);
  }

  #drop(held: Held): void {
    clearInterval(held.timer);
    if (this.#held === held) this.#held = null;
  }

  /** The lease as it stands, or a new one in place of one that is lost; all streams of it begin again. */
  async #current(signal: AbortSignal): Promise<Held> {
    if (this.#held !== null) return this.#held;
    this.#opening ??= (async () => {
      try {
        await this.#exported.ledger.settle(LEASE_KEY);
        this.#held = await this.#acquire(signal);
        return this.#held;
      } finally {
        this.#opening = null;
      }
    })();
    return await this.#opening;
  }

  async #openStream(disk: InventoryDisk, name: string, signal: AbortSignal): Promise<ByteStream> {
    const held = await this.#current(signal);
    const file = this.#fileOf(held.info, disk, name);
    const lost = held.lost.signal;
    try {
      const download = await openDownload(file, AbortSignal.any([signal, lost]));
      const onLost = (): void => download.destroy(lost.reason);
      lost.addEventListener('abort', onLost, { once: true });
      return {
        name,
        read: async (into, stop) => {
          const got = await download.read(into, stop);
          this.#receivedBytes += got;
          return got;
        },
        async [Symbol.asyncDispose]() {
          lost.removeEventListener('abort', onLost);
          await download[Symbol.asyncDispose]();
        },
      };
    } catch (error) {
      // Its addresses are gone with the lease.
      if (error instanceof HttpStatusError && error.status === 404) this.#lose(held, error);
      lost.throwIfAborted();
      throw error;
    }
  }

  #urlOf(info: LeaseInfo | undefined, disk: InventoryDisk): LeaseInfo['deviceUrl'][number] {
    const urls = (info?.deviceUrl ?? []).filter(({ disk: isDisk }) => isDisk === true || isDisk === 'true');
    const found = urls.find(({ key }) => isDeviceKeyOf(key, disk));
    if (found !== undefined) return found;
    throw new UnreadableDiskError(
      `The lease of “${this.#exported.vm.name}” has no stream of ${disk.label}.`,
      'Snapshots leave independent disks out: let Guts shut the machine down first, or choose another way of reading.',
    );
  }

  #fileOf(info: LeaseInfo, disk: InventoryDisk, name: string): BulkFile {
    const { url, sslThumbprint } = this.#urlOf(info, disk);
    const { peer } = this.#session;
    const address = URL.canParse(url.replace('//*', '//host'))
      ? new URL(url.replace('//*', `//${hostIn(peer.host)}`))
      : null;
    if (address?.protocol !== 'https:')
      throw new StrangeAnswerError(`“${name}”: vSphere names an address that is none.`);
    const isOwn = url.includes('//*');
    const port = address.port !== '' ? Number(address.port) : isOwn ? peer.port : 443;
    const thumbprint = sslThumbprint?.trim().toUpperCase() ?? '';
    const trust: PeerTrust = /^([0-9A-F]{2}:){19}[0-9A-F]{2}$/.test(thumbprint)
      ? { kind: 'thumbprint', sha1: thumbprint }
      : peer.trust;
    return {
      peer: { host: address.hostname.replace(/^\[(.*)\]$/, '$1'), port, trust, proxy: peer.proxy },
      path: address.pathname + address.search,
      name,
    };
  }

  async #manifestOf(disk: InventoryDisk, signal: AbortSignal): ReturnType<StreamedDisk['manifest']> {
    const held = this.#held;
    if (held === null) throw new LeaseLostError(`The lease of “${this.#exported.vm.name}” ended before its manifest.`);
    let answer: unknown;
    try {
      answer = await this.#session.call('HttpNfcLeaseGetManifest', held.ref, {}, signal);
    } catch (error) {
      if (error instanceof NotSupportedError) return null; // hosts before vSphere 5.5 have none
      throw error;
    }
    const { key } = this.#urlOf(held.info, disk);
    const entry = Manifest.parse(answer).find((one) => one.key === key);
    if (entry === undefined) return null;
    const hex = entry.checksum ?? '';
    const kind = entry.checksumType?.toLowerCase();
    const isLong = kind === 'sha256' && /^[0-9a-f]{64}$/i.test(hex);
    const short = kind === 'sha1' && hex !== '' ? hex : (entry.sha1 ?? '');
    if (isLong) return { algorithm: 'sha256', hex: hex.toLowerCase(), sizeBytes: entry.size };
    return /^[0-9a-f]{40}$/i.test(short)
      ? { algorithm: 'sha1', hex: short.toLowerCase(), sizeBytes: entry.size }
      : null;
  }
}

/** Gives a lease back that nobody needs any more; one that is gone or over already is as good. */
export async function abortLease(session: VsphereSession, lease: ManagedRef, signal: AbortSignal): Promise<void> {
  try {
    await session.call('HttpNfcLeaseAbort', lease, {}, signal);
  } catch (error) {
    if (!(error instanceof GoneError || error instanceof WrongStateError)) throw error;
  }
}

/** Whether `/vm-127/ParaVirtualSCSIController0:1` is where the disk is plugged in. */
function isDeviceKeyOf(key: string, { controller }: InventoryDisk): boolean {
  const place = /([A-Za-z]+)(\d+):(\d+)$/.exec(key);
  if (place === null || Number(place[2]) !== controller.bus || Number(place[3]) !== controller.unit) return false;
  const model = (place[1] as string).toLowerCase(); // the groups are there when the expression matches
  const kind = model.includes('ide')
    ? 'ide'
    : /ahci|sata/.test(model)
      ? 'sata'
      : model.includes('nvme')
        ? 'nvme'
        : 'scsi';
  return kind === controller.kind;
}

const hostIn = (host: string): string => (host.includes(':') ? `[${host}]` : host);

/** A lost connection or a busy server says nothing of the lease; the next time may be in time. */
function isMomentary(error: unknown): boolean {
  return !(error instanceof GoneError || error instanceof WrongStateError || isTimeout(error));
}

function isTimeout(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'fault' in error &&
    (error.fault === 'Timedout' || error.fault === 'RequestCanceled')
  );
}

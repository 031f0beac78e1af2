/** Export leases: vSphere makes streamOptimized VMDKs of a machine’s disks, as long as somebody keeps the lease alive. */
import type { InventoryDisk, InventoryVm } from '../../../../main/shared/inventory.ts';
import type { ByteStream } from '../../../disk/bytes.ts';
import type { Ledger, StreamedDisk } from '../../../drivers.ts';
import { openDownload } from '../../../net/bulk-get.ts';
import { ConnectionLostError, StrangeAnswerError } from '../../../net/errors.ts';
import { HttpStatusError } from '../../../net/http-errors.ts';
import { GoneError, NotSupportedError, VsphereError, WrongStateError } from '../errors.ts';
import { faultOfTask } from '../faults.ts';
import { patiently } from '../retry.ts';
import type { VsphereSession } from '../session.ts';
import { waitForProperties } from '../tasks.ts';
import { type ManagedRef, ManagedRefValue } from '../values.ts';
import { LeaseLostError } from './errors.ts';
import { LeaseInfo, bulkFileOf, sumOf, urlOf } from './lease-answers.ts';

/** The ledger's key for the lease of a machine; there is one at a time. */
export const LEASE_KEY = 'lease';
/** Of the time after which vSphere takes a silent lease back. */
const PROGRESS_SHARE = 3;
const LONGEST_SILENCE_MS = 100_000;
const ABORT_TIMEOUT_MS = 30_000;

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
export type DataOfDisk = Pick<StreamedDisk, 'likelyDataBytes' | 'mostDataBytes'>;

export class Lease implements AsyncDisposable {
  readonly #session: VsphereSession;
  readonly #exported: Exported;
  #held: Held | null = null;
  /** What the ledger names; a lease that is lost is in it until another takes its place. */
  #inLedger: ManagedRef | null = null;
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
  streamOf(disk: InventoryDisk, data: DataOfDisk): StreamedDisk {
    const { vm } = this.#exported;
    if (this.#held !== null) urlOf(this.#held.info, disk, vm.name); // now, rather than when the first byte is wanted
    const name = `${vm.name}: ${disk.label}`;
    return {
      kind: 'stream',
      key: disk.key,
      name,
      sizeBytes: disk.sizeBytes,
      ...data,
      open: async (signal) => await this.#openStream(disk, name, signal),
      manifest: async (signal) => await this.#manifestOf(disk, signal),
    };
  }

  /** Tells vSphere that all is read; the machine is free again. A lease that is over by then has done its work too. */
  async complete(signal: AbortSignal): Promise<void> {
    const held = this.#held;
    if (held === null) return; // what the ledger still names is given back when this is disposed of
    await patiently(signal, async () => {
      try {
        await this.#session.call('HttpNfcLeaseComplete', held.ref, {}, signal);
      } catch (error) {
        if (!isOver(error)) throw error;
      }
    });
    this.#drop(held);
    await this.#settle();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opening?.catch(() => {}); // whoever asked for it is told
    if (this.#held !== null) this.#drop(this.#held);
    if (this.#inLedger !== null) await this.#giveBack(this.#inLedger);
  }

  async #acquire(signal: AbortSignal): Promise<Held> {
    const { ref, vm, ledger } = this.#exported;
    const method = ref.type === 'VirtualMachine' ? 'ExportVm' : 'ExportSnapshot';
    const item = { key: LEASE_KEY, side: 'source', kind: 'lease', name: ledger.tag, facts: { vm: vm.ref } } as const;
    const order = async (): Promise<ManagedRef> =>
      ManagedRefValue.parse(await this.#session.call(method, ref, {}, signal));
    const ask = async (): Promise<ManagedRef> =>
      await order().catch(async (error: unknown) => {
        if (!(error instanceof ConnectionLostError)) throw error;
        return await patiently(signal, order); // a lease whose name was lost holds the machine until it ends by itself
      });
    const { id } = await ledger.make(item, ask).catch(async (error: unknown) => {
      if (error instanceof VsphereError) await ledger.settle(LEASE_KEY); // it said no: there is none to undo
      throw error;
    });
    const lease: ManagedRef = { type: 'HttpNfcLease', id };
    this.#inLedger = lease;
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
    await this.#settle();
  }

  async #settle(): Promise<void> {
    await this.#exported.ledger.settle(LEASE_KEY);
    this.#inLedger = null;
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
        if (this.#inLedger !== null) await this.#giveBack(this.#inLedger);
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
    const url = urlOf(held.info, disk, this.#exported.vm.name);
    const file = bulkFileOf(url, this.#session.peer, name);
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

  async #manifestOf(disk: InventoryDisk, signal: AbortSignal): ReturnType<StreamedDisk['manifest']> {
    const held = this.#held;
    if (held === null) throw new LeaseLostError(`The lease of “${this.#exported.vm.name}” ended before its manifest.`);
    let answer: unknown;
    try {
      answer = await this.#session.call('HttpNfcLeaseGetManifest', held.ref, {}, signal);
    } catch (error) {
      if (error instanceof NotSupportedError) return null; // hosts before vSphere 5.5 have none
      if (isOver(error)) this.#lose(held, error);
      held.lost.signal.throwIfAborted();
      throw error;
    }
    return sumOf(answer, urlOf(held.info, disk, this.#exported.vm.name).key);
  }
}

/** Gives a lease back that nobody needs any more; one that is gone or over already is as good. */
export async function abortLease(session: VsphereSession, lease: ManagedRef, signal: AbortSignal): Promise<void> {
  try {
    await session.call('HttpNfcLeaseAbort', lease, {}, signal);
  } catch (error) {
    if (!isOver(error)) throw error;
  }
}

/** What vSphere says of a lease that was completed, taken back, or went with its session. */
function isOver(error: unknown): boolean {
  return error instanceof GoneError || error instanceof WrongStateError;
}

/** A lost connection or a busy server says nothing of the lease; the next time may be in time. */
function isMomentary(error: unknown): boolean {
  return !(isOver(error) || isTimeout(error));
}

function isTimeout(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'fault' in error &&
    (error.fault === 'Timedout' || error.fault === 'RequestCanceled')
  );
}

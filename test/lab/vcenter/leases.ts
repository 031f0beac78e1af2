/** Export leases: they hold a machine still while its disks are downloaded, and end by themselves when nobody cares for them. */
import { randomUUID } from 'node:crypto';
import type { FaultBook } from '../faults.ts';
import { placesOf } from './devices.ts';
import type { Machine, MachineDisk, Snapshot } from './machine.ts';
import { managedObject } from './managed-object.ts';
import type { Session } from './sessions.ts';
import { data, type Data, element, list, long, named, type Ref, type Value } from './values.ts';
import { type Arguments, invalidArgument, VimFault } from './vim-fault.ts';
import type { World } from './world.ts';

export type LeaseState = 'initializing' | 'ready' | 'done' | 'error';

/** A disk of a lease, and what a download of it came to. */
export interface LeaseFile {
  readonly name: string;
  readonly key: string;
  readonly machine: Machine;
  readonly disk: MachineDisk;
  readonly layers: number;
  sent: { readonly sha1: string; readonly sizeBytes: number; readonly populatedBytes: number } | null;
}

export interface Lease {
  readonly id: string;
  readonly ref: Ref;
  readonly session: Session;
  readonly machine: Machine;
  /** A lease of the whole machine keeps it from changing; one of a snapshot does not. */
  readonly isOfMachine: boolean;
  readonly files: readonly LeaseFile[];
  state: LeaseState;
  percent: number;
  fault: VimFault | null;
}

export interface LeaseOptions {
  readonly timeoutMs: number;
  readonly initMs: number;
  /** `https://host:port` of the disk URLs; the host is `*` where the client shall put in the one that it knows. */
  readonly address: () => string;
  readonly thumbprint: () => string;
}

export class Leases implements Disposable {
  readonly #world: World;
  readonly #faults: FaultBook;
  readonly #options: LeaseOptions;
  readonly #leases: Lease[] = [];
  readonly #timers = new Map<Lease, NodeJS.Timeout>();
  readonly #failures = new Set<NodeJS.Timeout>();

  constructor(world: World, faults: FaultBook, options: LeaseOptions) {
    this.#world = world;
    this.#faults = faults;
    this.#options = options;
  }

  get all(): readonly Lease[] {
    return this.#leases;
  }

  /** Whether an export keeps the machine from changing. */
  holds(machine: Machine): boolean {
    return this.#leases.some((lease) => lease.isOfMachine && lease.machine === machine && isOpen(lease));
  }

  /** The file of a lease that is ready, by the path of its URL. */
  file(id: string, name: string): { readonly lease: Lease; readonly file: LeaseFile } | null {
    const lease = this.#leases.find((candidate) => candidate.id === id && candidate.state === 'ready');
    const file = lease?.files.find((candidate) => candidate.name === name);
    return lease === undefined || file === undefined ? null : { lease, file };
  }

  /** @throws VimFault where the machine runs, or is exported already */
  exportMachine(machine: Machine, session: Session): Ref {
    if (machine.power !== 'poweredOff') {
      throw new VimFault('InvalidPowerState', 'The attempted operation cannot be performed in the current state.', {
        requestedState: 'poweredOff',
        existingState: machine.power,
      });
    }
    if (this.holds(machine)) throw taskInProgress();
    return this.#open(machine, null, session);
  }

  exportSnapshot(machine: Machine, snapshot: Snapshot, session: Session): Ref {
    return this.#open(machine, snapshot, session);
  }

  /** `HttpNfcLease…` calls. @returns the inner XML of the answer */
  call(method: string, ref: Ref, args: Arguments): string {
    const lease = this.#leases.find((candidate) => candidate.ref.id === ref.id);
    if (lease === undefined) throw new VimFault('ManagedObjectNotFound', 'The lease is not there.', { obj: ref });
    if (method === 'HttpNfcLeaseAbort') {
      if (lease.state === 'done') throw notNow();
      this.#end(lease, 'error', new VimFault('RequestCanceled', 'The task was canceled by a user.'));
      return '';
    }
    if (lease.state === 'error' && lease.fault !== null && method === 'HttpNfcLeaseProgress') throw lease.fault;
    if (lease.state !== 'ready') throw notNow();
    if (method === 'HttpNfcLeaseGetManifest') return lease.files.map((file) => manifestEntry(file)).join('');
    if (method === 'HttpNfcLeaseComplete') this.#end(lease, 'done', null);
    else {
      const percent = args.integer('percent') ?? -1;
      if (percent < 0 || percent > 100) throw invalidArgument('percent');
      lease.percent = percent;
      this.#keepAlive(lease);
      this.#world.changed();
    }
    return '';
  }

  /** A lease does not outlive the session that asked for it. */
  drop(session: Session): void {
    for (const lease of this.#leases) {
      if (lease.session !== session || !isOpen(lease)) continue;
      this.#end(lease, 'error', new VimFault('RequestCanceled', 'The session that owns the lease ended.'));
    }
  }

  [Symbol.dispose](): void {
    for (const timer of [...this.#timers.values(), ...this.#failures]) clearTimeout(timer);
  }

  #open(machine: Machine, snapshot: Snapshot | null, session: Session): Ref {
    if (machine.standing.isInMaintenance)
      throw new VimFault('InvalidState', 'The operation is not allowed while the host is in maintenance mode.');
    const id = randomUUID();
    const places = placesOf(machine);
    const files = machine.disks
      .filter(({ spec }) => spec.rawDevice !== 'physicalMode')
      .map((disk, index): LeaseFile => {
        const place = places[disk.index];
        return {
          name: `disk-${index}.vmdk`,
          key: `/${machine.ref.id}/${place?.facts.type ?? ''}${place?.bus ?? 0}:${place?.unit ?? 0}`,
          machine,
          disk,
          layers: snapshot === null ? disk.disk.layers : Math.min(machine.layersOf(snapshot), disk.disk.layers),
          sent: null,
        };
      });
    const lease: Lease = {
      id,
      ref: session.own('HttpNfcLease'),
      session,
      machine,
      isOfMachine: snapshot === null,
      files,
      state: 'initializing',
      percent: 0,
      fault: null,
    };
    this.#leases.push(lease);
    this.#world.put(
      managedObject(lease.ref, {
        state: () => named('HttpNfcLeaseState', lease.state),
        mode: () => named('HttpNfcLeaseMode', 'pushOrGet'),
        initializeProgress: () => (lease.state === 'initializing' ? 10 : 100),
        transferProgress: () => lease.percent,
        info: () => (lease.state === 'ready' ? this.#infoOf(lease) : undefined),
        error: () => lease.fault?.localized,
      }),
    );
    const [bad] = this.#faults.match('lease', machine.spec.name).filter(({ kind }) => kind === 'leaseerror');
    const fail = (): void => {
      if (!isOpen(lease)) return;
      const type = bad?.faultType === undefined || bad.faultType === '' ? 'FileFault' : bad.faultType;
      this.#end(lease, 'error', new VimFault(type, bad?.message ?? '', bad?.detail));
    };
    this.#later(lease, this.#options.initMs, () => {
      if (lease.state !== 'initializing') return;
      if (bad !== undefined && bad.delayMs === 0) {
        fail();
        return;
      }
      lease.state = 'ready';
      this.#keepAlive(lease);
      if (bad !== undefined) this.#failures.add(setTimeout(fail, bad.delayMs));
      this.#world.changed();
    });
    return lease.ref;
  }

  #keepAlive(lease: Lease): void {
    this.#later(lease, this.#options.timeoutMs, () => {
      if (lease.state === 'ready') this.#end(lease, 'error', new VimFault('Timedout', 'Operation timed out.'));
    });
  }

  /** A lease waits for one thing at a time. */
  #later(lease: Lease, ms: number, then: () => void): void {
    clearTimeout(this.#timers.get(lease));
    this.#timers.set(lease, setTimeout(then, ms));
  }

  #end(lease: Lease, state: 'done' | 'error', fault: VimFault | null): void {
    clearTimeout(this.#timers.get(lease));
    this.#timers.delete(lease);
    lease.state = state;
    lease.fault = fault;
    this.#world.changed();
  }

  #infoOf({ id, ref, machine, files }: Lease): Data {
    const { address, thumbprint, timeoutMs } = this.#options;
    const capacity = files.reduce((sum, { disk }) => sum + disk.disk.sizeBytes, 0);
    const urls = files.map((file) =>
      data('HttpNfcLeaseDeviceUrl', {
        key: file.key,
        importKey: '',
        url: `${address()}/nfc/${id}/${file.name}`,
        sslThumbprint: thumbprint(),
        disk: true,
        targetId: file.name,
        datastoreKey: `${address()}/ds/${machine.standing.datastore.ref.id}`,
      }),
    );
    return data('HttpNfcLeaseInfo', {
      lease: ref,
      entity: machine.ref,
      deviceUrl: list('HttpNfcLeaseDeviceUrl', urls),
      totalDiskCapacityInKB: long(Math.floor(capacity / 1024)),
      leaseTimeout: Math.max(1, Math.round(timeoutMs / 1000)),
    });
  }
}

function isOpen({ state }: Lease): boolean {
  return state === 'initializing' || state === 'ready';
}

export function taskInProgress(): VimFault {
  const task: Ref = { type: 'Task', id: 'task-0' };
  return new VimFault('TaskInProgress', 'Another task is already in progress.', { task });
}

function notNow(): VimFault {
  return new VimFault('InvalidState', 'The operation is not allowed in the current state.');
}

/** Only what was downloaded is in the manifest. */
function manifestEntry({ key, sent, disk }: LeaseFile): string {
  if (sent === null) return '';
  const fields: Record<string, Value> = {
    key,
    sha1: sent.sha1,
    checksum: sent.sha1,
    checksumType: 'sha1',
    size: long(sent.sizeBytes),
    disk: true,
    capacity: long(disk.disk.sizeBytes),
    populatedSize: long(sent.populatedBytes),
  };
  return element('returnval', data('HttpNfcLeaseManifestEntry', fields));
}

/** What the engine asks of a hypervisor and of a cloud; drivers keep it, and the engine never asks for their names. */
import type { CloudFacts } from '../main/shared/cloud.ts';
import type { Proof } from '../main/shared/converted-disk.ts';
import type { DestinationAbout, SourceAbout } from '../main/shared/connections.ts';
import type { InventoryPage, InventorySurroundings, InventoryVm } from '../main/shared/inventory.ts';
import type { DatastoreLatency, ReadPlace } from '../main/shared/latency.ts';
import type {
  BootCheck,
  LedgerItem,
  MigrationOptions,
  MigrationPlan,
  PlannedDisk,
  PlannedPort,
  Profile,
  Reading,
} from '../main/shared/migration.ts';
import type { ByteStream } from './disk/bytes.ts';
import type { DiskImage } from './disk/image.ts';

/**
 * The list of what was made. `make` writes the item down, calls `create`, and writes down the id that comes back; when
 * `create` throws, the item stays in the list until `remove` of its side has shown that nothing is there.
 */
export interface Ledger {
  /** Of the migration; the names of what is made for it begin with it. */
  readonly tag: string;
  make<T extends { readonly id: string }>(item: Omit<LedgerItem, 'id'>, create: () => Promise<T>): Promise<T>;
  /** It is gone, or needs no undoing any more. */
  settle(key: string): Promise<void>;
  readonly items: readonly LedgerItem[];
}

/**
 * Asked each time before anything is changed on a side, and not before what is only read: returns while it may be.
 * @throws GutsError where somebody else goes on with the migration by now
 */
export type MayChange = () => Promise<void>;

/** Of whoever has a migration to itself. */
export const mayAlways: MayChange = async () => {};

/** Whoever can undo items of one side. Both calls may be repeated without harm. */
export interface Undoer {
  /** Returns when the item is gone or put back, and also when it never came to be. @throws GutsError when it cannot. */
  undo(item: LedgerItem, signal: AbortSignal): Promise<void>;
  /**
   * Everything on this side whose name begins with `TAG_PREFIX`, whichever migration it is of. What a finished migration
   * made has other names, whatever its metadata say, and is never among them.
   */
  leftovers(signal: AbortSignal): Promise<LedgerItem[]>;
}

/** One signed-in session with a source; disposing it signs out. It signs in again by itself when its session ends. */
export interface SourceDriver extends Undoer, AsyncDisposable {
  readonly about: SourceAbout;
  /**
   * The whole inventory in pages, as the server sends it; never all of it in memory. Tags come last; where they cannot be
   * read, a warning comes instead.
   */
  inventory(signal: AbortSignal): AsyncIterable<InventoryPage>;
  /**
   * What changed since the first page was asked for, or since the last update; waits for something to change. Never ends
   * by itself. Of tags it knows nothing.
   */
  updates(signal: AbortSignal): AsyncIterable<InventoryPage>;
  /** The machine as it is now, of tags only what its own record says. @throws GutsError `source.vm-missing` */
  describe(ref: string, signal: AbortSignal): Promise<InventoryVm>;
  /** The same machine with its tags of now, all of them; or with `tagsUntold`, why nobody tells them. */
  withTags(vm: InventoryVm, signal: AbortSignal): Promise<InventoryVm>;
  /** The networks that the machine's cards are on, the datastores that its disks lie on, and the host that it is on. */
  surroundingsOf(vm: InventoryVm, signal: AbortSignal): Promise<InventorySurroundings>;
  /** Privileges that the signed-in user lacks for what the options ask of this machine; by the source's own names. */
  missingPrivileges(vm: InventoryVm, options: MigrationOptions, signal: AbortSignal): Promise<string[]>;
  /** For each way of reading the machine's disks, in order of preference: null where it can be, or why it cannot. */
  readings(
    vm: InventoryVm,
    options: MigrationOptions,
  ): readonly { readonly reading: Reading; readonly obstacle: string | null; readonly reason: string }[];
  /**
   * Asks the guest to shut down, then, only with consent, pulls the plug. The state before is in the ledger as `power`.
   * @throws GutsError `source.will-not-shut-down`; the machine then runs as before
   */
  shutDown(vm: InventoryVm, options: MigrationOptions, ledger: Ledger, signal: AbortSignal): Promise<void>;
  /**
   * The machine's disks, standing still. Disposing it removes what opening it made, and only that.
   * @throws GutsError also where `vm` was off when it was described, and runs by now
   */
  openDisks(vm: InventoryVm, disks: readonly PlannedDisk[], ledger: Ledger, signal: AbortSignal): Promise<OpenDisks>;
  /**
   * What `OpenDisks.snapshot` would say now of a machine that is off: another name once somebody has written to its disks. Nothing is
   * made for it. @throws GutsError also where it is not off
   */
  momentOf(vm: InventoryVm, disks: readonly PlannedDisk[], signal: AbortSignal): Promise<string>;
  /**
   * Turns on change tracking, so that it has begun when this returns; left out where the source has none. Where that fails,
   * everything is as before.
   */
  readonly changeTracking?: ChangeTracking;
  /** How long reads take now, of each datastore that is named, once. Says why not where the source never tells. */
  readLatency(places: readonly ReadPlace[], signal: AbortSignal): Promise<LatencyReading>;
}

export interface ChangeTracking {
  /** What `turnOn` asks of the source, in words for an operator. */
  calls(vm: InventoryVm): readonly string[];
  /** @param tag the names of what is made for it begin with it */
  turnOn(vm: InventoryVm, tag: string, signal: AbortSignal): Promise<void>;
}

export type LatencyReading =
  | { readonly latencies: readonly DatastoreLatency[]; readonly obstacle: null }
  | { readonly latencies: readonly []; readonly obstacle: string };

/** A disk as far as it can be told from another one. */
export type KnownDisk = Pick<PlannedDisk, 'key' | 'label' | 'sizeBytes'>;

export interface OpenDisks extends AsyncDisposable {
  readonly disks: readonly ReadableDisk[];
  /** Every disk that the machine has at that moment, also those that nobody asked for; a size of 0 is not told. */
  readonly all: readonly KnownDisk[];
  /**
   * The snapshot that they are of, or the source's own name for the moment at which they stand still while the machine is off: disks
   * of another one do not go with them. Null where the machine is off and the source has no such name.
   */
  readonly snapshot: string | null;
  /** Every disk was read: completes a lease, checks what the source says of all of them together. */
  complete(signal: AbortSignal): Promise<void>;
  /** Disposing it shall leave the snapshot where it is, and in the ledger: for one who goes on with these disks later. */
  keepSnapshot(): void;
}

interface ReadableBase {
  readonly key: string;
  /** For messages: without secrets. */
  readonly name: string;
  readonly sizeBytes: number;
  /** So many bytes of the guest probably hold data; null where nothing is known. A guess: only speed depends on it. */
  readonly likelyDataBytes: number | null;
  /** No more than so many hold data, as the source counts them; null where it does not. */
  readonly mostDataBytes?: number | null;
}
/** A streamOptimized VMDK, once, front to back. */
export interface StreamedDisk extends ReadableBase {
  readonly kind: 'stream';
  /** From the first byte; after a cut it can be opened again, and starts again. */
  open(signal: AbortSignal): Promise<ByteStream>;
  /** What the source says of the bytes that `open` gave, once they have all come; null where it says nothing. */
  manifest(
    signal: AbortSignal,
  ): Promise<{ readonly algorithm: 'sha1' | 'sha256'; readonly hex: string; readonly sizeBytes: number } | null>;
}
/** Extents that can be read in any order, as often as need be. */
export interface RandomDisk extends ReadableBase {
  readonly kind: 'extents';
  /** How its bytes come, for reports: `over TLS`. */
  readonly way: string;
  openImage(signal: AbortSignal): Promise<DiskImage>;
}
export type ReadableDisk = StreamedDisk | RandomDisk;

/** One signed-in session with a cloud. It renews its token by itself. */
export interface DestinationDriver extends Undoer, AsyncDisposable {
  readonly about: DestinationAbout;
  facts(signal: AbortSignal): Promise<CloudFacts>;
  /**
   * Removes a port that a migration made and nothing uses, as the cloud tells right before; one that is gone is fine.
   * @throws GutsError where it has another name by now, or is in use
   */
  removeLeftPort(port: { readonly id: string; readonly name: string }, signal: AbortSignal): Promise<void>;
  /** An image, entered in the ledger, ready to take its bytes. */
  openImage(spec: ImageSpec, ledger: Ledger, signal: AbortSignal): Promise<ImageUpload>;
  /** Ports, volumes, flavor and server as planned. Things that the ledger names already are adopted, not made again. */
  provision(spec: ServerSpec, ledger: Ledger, signal: AbortSignal): Promise<ProvisionedServer>;
  /** Watches the new server until it shows that the guest runs. @throws GutsError when the console shows that it does not */
  watchBoot(server: ProvisionedServer, options: MigrationOptions, signal: AbortSignal): Promise<BootCheck>;
  /** Looks at what was made and holds it against the plan: state, flavor, ports, disks. @throws GutsError where it differs */
  verify(server: ProvisionedServer, plan: MigrationPlan, signal: AbortSignal): Promise<readonly Proof[]>;
  /**
   * The end of a migration that went well: removes what was only needed on the way (images of volumes, unless they are
   * to be kept), and gives what stays names that no longer begin with our tag, so that nobody takes it for a leftover.
   */
  cleanUp(server: ProvisionedServer, ledger: Ledger, options: MigrationOptions, signal: AbortSignal): Promise<void>;
}

export interface ImageSpec {
  /** Of the ledger's item. */
  readonly key: string;
  /** Begins with the migration's tag. */
  readonly name: string;
  readonly format: 'qcow2' | 'raw';
  readonly minDiskGiB: number;
  readonly properties: Readonly<Record<string, string>>;
}

/** An upload, strictly from front to back. Disposing it before `finish` breaks it off; the image may then be sent again. */
export interface ImageUpload extends AsyncDisposable {
  readonly imageId: string;
  /** Bytes that have left, in order. */
  readonly position: number;
  /** @returns once the bytes have been handed to the network and their buffer may be used again */
  append(bytes: Uint8Array): Promise<void>;
  zeros(length: number): Promise<void>;
  /**
   * Ends the upload and holds what the cloud says of it against what was sent.
   * @throws GutsError when the sizes or hashes differ; the image is of no use then
   */
  finish(
    sent: { readonly sha512: string; readonly sizeBytes: number },
    signal: AbortSignal,
  ): Promise<{ readonly evidence: string }>;
}

export interface ServerSpec {
  readonly migrationTag: string;
  readonly sourceVm: InventoryVm;
  readonly plan: MigrationPlan;
  readonly options: MigrationOptions;
  /** By `PlannedDisk.key`. */
  readonly imageIds: ReadonlyMap<string, string>;
  /** Asked right before the server is ordered, which is when it begins to boot: nothing is ordered where it throws. */
  readonly beforeOrder?: () => Promise<void>;
}

export interface ProvisionedServer {
  readonly id: string;
  readonly name: string;
  readonly flavor: string;
  readonly profile: Profile;
  readonly ports: readonly (Pick<PlannedPort, 'nicKey'> & {
    readonly id: string;
    readonly mac: string;
    readonly addresses: readonly string[];
    readonly floating: string | null;
  })[];
  /** By `PlannedDisk.key`; empty where the server boots from an image and has no other disk. */
  readonly volumeIds: ReadonlyMap<string, string>;
}

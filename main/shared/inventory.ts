/** The words for what a source has: machines with everything that preflight asks about, networks, datastores, hosts. */
import { z } from 'zod';
import { ControllerKind } from './vm.ts';

/** The source's own name for a thing, such as a moref: opaque, and unique within one source. */
const ref = z.string().min(1);
const mac = z.string().regex(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/);

/** What a virtual switch lets a card do besides sending and receiving as itself. */
export const SwitchAllowance = z.object({
  /** It may listen to what is meant for others. */
  promiscuous: z.boolean(),
  /** It may send from addresses that are not its own. */
  forgedTransmits: z.boolean(),
  /** The guest may give it another MAC. */
  macChanges: z.boolean(),
});
export type SwitchAllowance = z.infer<typeof SwitchAllowance>;

export const InventoryDisk = z.object({
  /** The device's key on its machine, as text. */
  key: z.string(),
  /** `Hard disk 1`. */
  label: z.string(),
  sizeBytes: z.number().int().nonnegative(),
  controller: z.object({
    kind: ControllerKind,
    /** `pvscsi`, `lsilogic`, `lsisas1068`, `buslogic`, `ahci`, `nvme`, `ide` …; null where the source does not say. */
    model: z.string().nullable(),
    /** The controller's number among those of its kind, from 0. */
    bus: z.number().int().nonnegative(),
    unit: z.number().int().nonnegative(),
    /** Whether other machines may use the same disks at the same time. */
    isShared: z.boolean(),
  }),
  /** Where it lies, as the source writes it: `[datastore] folder/disk.vmdk`; null where it is no file. */
  file: z.string().nullable(),
  datastore: ref.nullable(),
  mode: z.enum(['persistent', 'independentPersistent', 'independentNonpersistent', 'other']),
  isThin: z.boolean().nullable(),
  /** Several machines may write to it (multi-writer). */
  isMultiWriter: z.boolean(),
  /** A raw device: `physical` bypasses the hypervisor; null for a disk that is a file. */
  rawDevice: z.enum(['physical', 'virtual']).nullable(),
  isEncrypted: z.boolean(),
  /** The marker of change tracking; null where none is active for this disk. */
  changeId: z.string().nullable(),
  /** The identity that the guest sees, where it has one. */
  uuid: z.string().nullable(),
  /** How many files are stacked under it: 1 without snapshots. */
  chainLength: z.number().int().positive(),
  /** Bytes that its files take on the datastore, all of the chain; null where not known. */
  storedBytes: z.number().int().nonnegative().nullable(),
  /** What the guest takes for a sector; left out where that is 512. */
  sectorBytes: z.number().int().positive().optional(),
  /** How many disks this one stands for, where only their number and their sum are told; left out where it is one. */
  standsFor: z.number().int().min(2).optional(),
  /** Why its files cannot be read as they are, such as a parent that is missing; left out where they can. */
  problem: z.string().optional(),
});
export type InventoryDisk = z.infer<typeof InventoryDisk>;

export const InventoryNic = z.object({
  key: z.string(),
  label: z.string(),
  /** `vmxnet3`, `e1000`, `e1000e`, `pcnet32`, `sriov` …, in lower case. */
  model: z.string(),
  mac: mac.nullable(),
  /** A network of the inventory; null where the card's backing names none. */
  network: ref.nullable(),
  networkName: z.string().nullable(),
  /** Plugged in when the machine starts. */
  connected: z.boolean(),
  /** What the guest's tools tell of this card; empty where they do not run. */
  ipAddresses: z.array(z.object({ address: z.string(), prefixLength: z.number().int().nullable() })),
  /** Whether the guest asks for its address; left out where its tools do not tell. */
  usesDhcp: z.boolean().optional(),
  /** What the source limits, filters or mirrors on this card, in words; left out where nothing is known of it. */
  policies: z.array(z.string()).optional(),
  /** What this card alone may do, where that is not said of its network; left out where the source does not tell. */
  allows: SwitchAllowance.optional(),
  /** VLANs that it gets with their tags, as `100-200`, where that is not said of its network; left out where it is no trunk. */
  trunk: z.array(z.string()).optional(),
});
export type InventoryNic = z.infer<typeof InventoryNic>;

/** Of something that an exported file does not tell the time of. */
export const TIME_UNTOLD = new Date(0).toISOString();

export const InventorySnapshot = z.object({
  ref,
  name: z.string(),
  /** `TIME_UNTOLD` where nobody says it. */
  createdAt: z.iso.datetime({ offset: true }),
  /** How deep in the tree, from 0. */
  depth: z.number().int().nonnegative(),
});
export type InventorySnapshot = z.infer<typeof InventorySnapshot>;

export const InventoryGuestDisk = z.object({
  /** In the guest's words: `/`, `C:\\`. */
  path: z.string(),
  capacityBytes: z.number().int().nonnegative(),
  freeBytes: z.number().int().nonnegative(),
  /** Keys of the disks that it lies on; empty where the source does not say. */
  diskKeys: z.array(z.string()),
});
export type InventoryGuestDisk = z.infer<typeof InventoryGuestDisk>;

/** What only Hyper-V tells of a machine. */
export const HypervFacts = z.object({
  generation: z.union([z.literal(1), z.literal(2)]),
  /** Of its configuration: `9.0`. */
  version: z.string(),
  isShielded: z.boolean(),
  /** Hyper-V Replica's word where it takes part: `Primary`, `Replica` …; null where it does not. */
  replication: z.string().nullable(),
  isClustered: z.boolean(),
  /** In bytes; null where its memory is fixed. */
  dynamicMemory: z.object({ startup: z.number(), minimum: z.number(), maximum: z.number() }).nullable(),
  /** `MicrosoftWindows`, `MicrosoftUEFICertificateAuthority`; null where Secure Boot is off or unknown. */
  secureBootTemplate: z.string().nullable(),
  /** A checkpoint that a backup made and that is still there. */
  hasRecoveryCheckpoint: z.boolean(),
  /** `Production`, `ProductionOnly`, `Standard`, `Disabled`. */
  checkpointType: z.string(),
});
export type HypervFacts = z.infer<typeof HypervFacts>;

/** What few machines have, and what does not move, or moves only if somebody thinks of it. */
export const MachineTraits = z.object({
  /** It waits for somebody to answer this. */
  question: z.string().optional(),
  /** Work that is going on with it at the source, such as a backup or a move. */
  tasks: z.array(z.string()).optional(),
  /** Images and drives in its CD and floppy drives: `[store] iso/setup.iso`, `the client’s drive`. */
  media: z.array(z.string()).optional(),
  /** Serial and parallel ports, and what is at their other end. */
  ports: z.array(z.string()).optional(),
  /** Controllers of USB, sound and the like: what a server does not have. */
  oddDevices: z.array(z.string()).optional(),
  hotAdd: z.object({ cpu: z.boolean(), memory: z.boolean() }).optional(),
  /** The guest may run machines of its own. */
  isNesting: z.boolean().optional(),
  /** Virtualisation-based security is on. */
  hasVbs: z.boolean().optional(),
  /** Disks show the guest their own ids (`disk.EnableUUID`). */
  showsDiskIds: z.boolean().optional(),
  /** Pinned to processors or memory nodes, reserved, limited, weighed, made for low latency: each in words with figures. */
  tuning: z.array(z.string()).optional(),
  /** Fault tolerance, high availability, rules that keep it near to or away from others: each in words. */
  availability: z.array(z.string()).optional(),
  /** Which of `passthrough` are graphics cards, or parts of one. */
  graphics: z.array(z.string()).optional(),
  /** Which of `passthrough` are plugged into a USB port of the host, or of somebody's desk. */
  usb: z.array(z.string()).optional(),
  /** What the package that it was deployed from calls itself: `VMware vCenter Server Appliance`. */
  product: z.string().optional(),
  /** Site Recovery Manager keeps it in place of a machine of another site: it has no disks of its own. */
  isPlaceholder: z.boolean().optional(),
  /** The host sets the guest's clock. */
  takesHostTime: z.boolean().optional(),
  /** Its default gateways, as the guest's tools tell. */
  gateways: z.array(z.string()).optional(),
  /** The largest frame that its guest is set up for; left out where its tools do not tell. */
  mtu: z.number().int().positive().optional(),
});
export type MachineTraits = z.infer<typeof MachineTraits>;

export const InventoryVm = z.object({
  ref,
  name: z.string(),
  /** Folders from the data centre down, with slashes: `DC0/vm/prod`. */
  folder: z.string(),
  datacenter: z.string().nullable(),
  cluster: z.string().nullable(),
  host: ref.nullable(),
  pool: ref.nullable(),
  isTemplate: z.boolean(),
  power: z.enum(['on', 'off', 'suspended', 'unknown']),
  /** Anything but `connected` cannot be read: `disconnected`, `inaccessible`, `invalid`, `orphaned`. */
  connection: z.enum(['connected', 'disconnected', 'inaccessible', 'invalid', 'orphaned']),
  biosUuid: z.string().nullable(),
  instanceUuid: z.string().nullable(),
  cpus: z.number().int().nonnegative(),
  coresPerSocket: z.number().int().positive().nullable(),
  memoryBytes: z.number().int().nonnegative(),
  firmware: z.enum(['bios', 'uefi']),
  secureBoot: z.boolean(),
  hasTpm: z.boolean(),
  isEncrypted: z.boolean(),
  /** `vmx-19` → 19; null where the source does not say. */
  hardwareVersion: z.number().int().nullable(),
  /** In the source's words: `ubuntu64Guest`; `windows2019srv_64Guest`. */
  guestOsId: z.string().nullable(),
  guestOsName: z.string().nullable(),
  guest: z.object({
    tools: z.enum(['running', 'stopped', 'missing', 'unknown']),
    isToolsOld: z.boolean(),
    hostName: z.string().nullable(),
    /** Name servers of the guest, where its tools tell. */
    dnsServers: z.array(z.string()),
    /** Its file systems, where its tools tell; of a machine that is off, what they told last, or none. */
    disks: z.array(InventoryGuestDisk),
    /** Cards that the guest has made for itself, such as bridges and virtual routers; left out where its tools tell of none. */
    ownCards: z.array(z.object({ mac: mac.nullable(), addresses: z.array(z.string()) })).optional(),
  }),
  disks: z.array(InventoryDisk),
  nics: z.array(InventoryNic),
  /** Keys of disks in the order in which the firmware tries them; empty where the source sets none. */
  bootOrder: z.array(z.string()),
  snapshots: z.array(InventorySnapshot),
  needsConsolidation: z.boolean(),
  changeTracking: z.boolean(),
  /** Devices of the host that are given to the guest: `PCI device 0`, `USB 1` … */
  passthrough: z.array(z.string()),
  annotation: z.string(),
  /** `Category:Name` where the source has categories; see `InventoryPage.tagged`. */
  tags: z.array(z.string()),
  /** Why nobody can say what it is tagged with; left out where that is told, and of Hyper-V, which has no tags. */
  tagsUntold: z.string().optional(),
  /** Left out by other hypervisors. */
  hyperv: HypervFacts.optional(),
  /**
   * What is peculiar to how it is set up; each is left out where it is not so. All of them are left out where the source tells
   * nothing of the kind.
   */
  traits: MachineTraits.optional(),
});
export type InventoryVm = z.infer<typeof InventoryVm>;

/** Of the hypervisor that it runs on. */
export const kindOf = ({ hyperv }: Pick<InventoryVm, 'hyperv'>): 'vsphere' | 'hyperv' =>
  hyperv === undefined ? 'vsphere' : 'hyperv';

/** Why nobody can say what a machine is tagged with, in a few words; null where its tags are all that it has. */
export const untoldTagsOf = (vm: InventoryVm): string | null =>
  kindOf(vm) === 'hyperv' ? 'Hyper-V has none' : (vm.tagsUntold ?? null);

export const InventoryNetwork = z.object({
  ref,
  name: z.string(),
  /** `switch` is Hyper-V's: each VLAN on a virtual switch is a network of its own. */
  kind: z.enum(['standard', 'distributed', 'opaque', 'switch']),
  /** Null for a trunk, and where the source does not say. */
  vlanId: z.number().int().nullable(),
  datacenter: z.string().nullable(),
  /** What a card on it may do; left out where the source does not tell. */
  allows: SwitchAllowance.optional(),
  /** VLANs that a card on it gets with their tags, as `100-200`; left out where it is no trunk. */
  trunk: z.array(z.string()).optional(),
  /** Of the switch. */
  mtu: z.number().int().positive().optional(),
  /** What it limits, filters or records on every card, in words; left out where nothing is known of it. */
  policies: z.array(z.string()).optional(),
});
export type InventoryNetwork = z.infer<typeof InventoryNetwork>;

export const InventoryDatastore = z.object({
  ref,
  name: z.string(),
  /** `VMFS`, `NFS`, `vsan`, `VVOL` …, as the source writes it. */
  kind: z.string(),
  capacityBytes: z.number().int().nonnegative(),
  freeBytes: z.number().int().nonnegative(),
  isAccessible: z.boolean(),
  datacenter: z.string().nullable(),
});
export type InventoryDatastore = z.infer<typeof InventoryDatastore>;

export const InventoryHost = z.object({
  ref,
  name: z.string(),
  cluster: z.string().nullable(),
  isConnected: z.boolean(),
  inMaintenance: z.boolean(),
  cpus: z.number().int().nonnegative(),
  memoryBytes: z.number().int().nonnegative(),
  version: z.string().nullable(),
});
export type InventoryHost = z.infer<typeof InventoryHost>;

/** What is around one machine: networks that its cards are on, datastores that its disks lie on, and where it runs. */
export const InventorySurroundings = z.object({
  networks: z.array(InventoryNetwork),
  datastores: z.array(InventoryDatastore),
  /** Null where the source does not say. */
  host: InventoryHost.nullable(),
});
export type InventorySurroundings = z.infer<typeof InventorySurroundings>;

/** What a machine is tagged with beside what its own record says. */
export const InventoryTags = z.object({ ref, tags: z.array(z.string()) });
export type InventoryTags = z.infer<typeof InventoryTags>;

/** A part of an inventory as it is told: things that are new or have changed, and the refs of those that are gone. */
export const InventoryPage = z.object({
  vms: z.array(InventoryVm),
  networks: z.array(InventoryNetwork),
  datastores: z.array(InventoryDatastore),
  hosts: z.array(InventoryHost),
  gone: z.array(ref),
  /** Tags that the source tells apart from its machines, behind them. */
  tagged: z.array(InventoryTags),
  /** Why it tells none of any machine; left out where it does. */
  tagsUntold: z.string().optional(),
  /** What could not be read, and why, for the operator. */
  warnings: z.array(z.string()),
});
export type InventoryPage = z.infer<typeof InventoryPage>;

/** The words in which a machine of the simulated vCenter is ordered; whatever is left out has an ordinary value. */
import type { DiskContent } from '../content.ts';

export type ControllerModel = 'pvscsi' | 'lsilogic' | 'lsisas1068' | 'buslogic' | 'ahci' | 'nvme' | 'ide';

export interface DiskSpec {
  readonly sizeBytes: number;
  /** Without it the disk reads as zeros, and nothing of it is allocated. */
  readonly content?: DiskContent;
  readonly controller?: ControllerModel;
  readonly isThin?: boolean;
  readonly mode?: 'persistent' | 'independent_persistent' | 'independent_nonpersistent';
  readonly isMultiWriter?: boolean;
  readonly rawDevice?: 'physicalMode' | 'virtualMode';
}

export interface NicSpec {
  /** The name of a network of the machine's data centre. */
  readonly network: string;
  readonly mac?: string;
  readonly model?: 'vmxnet3' | 'e1000' | 'e1000e' | 'pcnet32' | 'sriov';
  readonly isConnected?: boolean;
  readonly addresses?: readonly string[];
  /** Addresses that the guest holds besides as long as it is the first of several, told with a prefix of their own. */
  readonly floatingAddresses?: readonly string[];
}

/** A device that a cloud cannot take over, or that does not matter to it. */
export type ExtraDevice = 'pci' | 'vgpu' | 'usb' | 'serial' | 'iso' | 'sound';

export interface MachineSpec {
  readonly name: string;
  /** `DC0` or `DC1`, unless the vCenter was given other sites; the first one without it. */
  readonly datacenter?: string;
  /** A host of the data centre by its name; they take turns without it. */
  readonly host?: string;
  /** Folders below the data centre's own machine folder. */
  readonly folder?: string;
  readonly datastore?: string;
  readonly guestOsId?: string;
  readonly guestOsName?: string;
  readonly cpus?: number;
  readonly coresPerSocket?: number;
  readonly memoryBytes?: number;
  readonly firmware?: 'bios' | 'uefi';
  readonly secureBoot?: boolean;
  readonly hasTpm?: boolean;
  readonly isEncrypted?: boolean;
  /** Its home is encrypted, as for a TPM, and no disk is. */
  readonly hasPlainDisks?: boolean;
  readonly hardwareVersion?: number;
  /** Of disks that name none. */
  readonly controller?: ControllerModel;
  readonly sharedBus?: 'physicalSharing' | 'virtualSharing';
  readonly power?: 'on' | 'off' | 'suspended';
  readonly connection?: 'connected' | 'disconnected' | 'inaccessible' | 'invalid' | 'orphaned';
  readonly tools?: 'running' | 'old' | 'stopped' | 'missing';
  /** Takes the wish to shut down, and does nothing about it. */
  readonly ignoresShutdown?: boolean;
  readonly changeTracking?: boolean;
  readonly disks?: readonly DiskSpec[];
  readonly nics?: readonly NicSpec[];
  /** Cards that the guest has made for itself. */
  readonly ownCards?: readonly { readonly mac: string; readonly addresses: readonly string[] }[];
  /** Made one after the other, each by its name. */
  readonly snapshots?: readonly string[];
  readonly needsConsolidation?: boolean;
  readonly isTemplate?: boolean;
  readonly isLinkedClone?: boolean;
  readonly devices?: readonly ExtraDevice[];
  /** It waits until somebody answers this. */
  readonly question?: string;
  readonly hotAdd?: { readonly cpu: boolean; readonly memory: boolean };
  /** Hardware virtualisation is handed to the guest. */
  readonly isNesting?: boolean;
  readonly hasVbs?: boolean;
  readonly showsDiskIds?: boolean;
  readonly takesHostTime?: boolean;
  /** As vSphere writes it: `normal` without it. */
  readonly latencySensitivity?: 'low' | 'normal' | 'high';
  readonly faultTolerance?: 'running';
  /** What the package calls itself that it was deployed from. */
  readonly product?: { readonly vendor: string; readonly name: string; readonly version: string };
  /** Places in `disks`, in the order in which the firmware shall try them. */
  readonly bootOrder?: readonly number[];
  readonly annotation?: string;
  /** `Category:Name`, told over REST only. */
  readonly tags?: readonly string[];
}

/** The words in which a machine of the simulated Hyper-V host is ordered; whatever is left out has an ordinary value. */
import type { DiskContent } from '../content.ts';

export type MachineState = 'Running' | 'Off' | 'Saved' | 'Paused' | 'Stopping' | 'Starting';

export interface DiskSpec {
  readonly sizeBytes: number;
  /** Without it the disk reads as zeros. */
  readonly content?: DiskContent;
  /** `vhdx` without it. */
  readonly format?: 'vhd' | 'vhdx';
  /** A fixed disk's file is as long as the disk; they are dynamic without it. */
  readonly isFixed?: boolean;
  readonly sectorBytes?: 512 | 4096;
  readonly blockBytes?: number;
  /** `PMEM` is persistent memory, whose file nothing but Hyper-V opens. */
  readonly controller?: 'IDE' | 'SCSI' | 'PMEM';
  /** The path on the host; by default `D:\Hyper-V\NAME\NAME.vhdx`. */
  readonly file?: string;
  /** The number of a disk of the host that is passed through; it has no file then. */
  readonly hostDisk?: number;
  readonly isShared?: boolean;
  /** The file is configured, but not there. */
  readonly isMissing?: boolean;
}

export interface CardSpec {
  /** Null is connected to nothing. */
  readonly switch: string | null;
  readonly name?: string;
  /** Twelve hexadecimal digits. */
  readonly mac?: string;
  readonly isMacDynamic?: boolean;
  readonly isLegacy?: boolean;
  readonly vlan?:
    | { readonly mode: 'Access'; readonly id: number }
    | { readonly mode: 'Trunk'; readonly native: number; readonly allowed: string }
    | { readonly mode: 'Private' };
  /** Off without it. */
  readonly maySpoof?: boolean;
  readonly mayTeam?: boolean;
  readonly isDhcpGuarded?: boolean;
  readonly isRouterGuarded?: boolean;
  readonly mirroring?: 'Source' | 'Destination';
  /** In a second; unlimited without it. */
  readonly mostBits?: number;
  /** Told by a guest that runs. */
  readonly addresses?: readonly string[];
  /** How the guest has set its card up, where it tells; the addresses are its own. */
  readonly guest?: {
    readonly dhcp: boolean;
    readonly subnets: readonly string[];
    readonly gateways?: readonly string[];
    readonly dns?: readonly string[];
  };
}

export interface MachineSpec {
  readonly name: string;
  /** Made from the name without it. */
  readonly id?: string;
  readonly generation?: 1 | 2;
  readonly state?: 'Running' | 'Off' | 'Saved' | 'Paused';
  readonly version?: string;
  readonly notes?: string;
  readonly cpus?: number;
  readonly memoryBytes?: number;
  readonly dynamicMemory?: { readonly minimum: number; readonly maximum: number };
  /** Of generation 2; null is off. */
  readonly secureBoot?: string | null;
  readonly hasTpm?: boolean;
  readonly isShielded?: boolean;
  readonly disks?: readonly DiskSpec[];
  /** Places in `disks`, in the order in which the firmware of generation 2 shall try them. */
  readonly bootOrder?: readonly number[];
  readonly cards?: readonly CardSpec[];
  /** What a guest that runs tells: `OSName`, `FullyQualifiedDomainName` … */
  readonly words?: Readonly<Record<string, string>>;
  /** Made one after the other, each by its name. */
  readonly checkpoints?: readonly string[];
  readonly checkpointType?: 'Production' | 'ProductionOnly' | 'Standard' | 'Disabled';
  readonly replication?: { readonly state: string; readonly mode: string };
  readonly isClustered?: boolean;
  /** Devices of the host that are given to it, by their location paths. */
  readonly devices?: readonly string[];
  /** Images in its DVD drives, by their paths. */
  readonly media?: readonly string[];
  /** Hardware virtualisation is handed to the guest. */
  readonly isNesting?: boolean;
  /** What it does when its host starts. */
  readonly startAction?: 'Nothing' | 'StartIfRunning' | 'Start';
  /** What Get-VM says instead of the machine, with its id. */
  readonly trouble?: { readonly message: string; readonly id: string };
  /** Takes the wish to shut down, and does nothing about it. */
  readonly ignoresShutdown?: boolean;
  /** Has no integration services at all. */
  readonly hasNoServices?: boolean;
}

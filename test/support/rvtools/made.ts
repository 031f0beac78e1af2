/** What an export is made of: machines and networks, as stories name them. */

export type Layout = '3.11' | '4.1' | '4.7';

export interface MadeDisk {
  readonly gib: number;
  readonly thin?: boolean;
  readonly mode?: string;
  readonly raw?: 'physicalMode' | 'virtualMode';
  readonly sharing?: string;
  readonly sharedBus?: string;
  readonly controller?: string;
  readonly store?: string;
}

export interface MadeNic {
  readonly network: string;
  readonly mac: string;
  readonly adapter?: string;
  readonly ips?: readonly string[];
  readonly startsConnected?: boolean;
}

export interface MadeMachine {
  readonly name: string;
  readonly number: number;
  readonly folder?: string;
  readonly cluster?: string;
  readonly power?: string;
  readonly cpus?: number;
  readonly memoryMib?: number;
  readonly os?: string;
  readonly osTools?: string | null;
  readonly firmware?: 'bios' | 'efi';
  readonly secureBoot?: boolean;
  readonly isTemplate?: boolean;
  readonly tools?: string;
  readonly annotation?: string;
  readonly cbt?: boolean;
  readonly hardware?: number;
  readonly inUseMib?: number;
  readonly disks: readonly MadeDisk[];
  readonly nics: readonly MadeNic[];
  readonly snapshots?: readonly { readonly name: string; readonly at: string }[];
  readonly partitions?: readonly { readonly path: string; readonly mib: number; readonly freeMib: number }[];
  readonly iso?: string;
  readonly usb?: string;
}

export interface MadeNetwork {
  readonly name: string;
  readonly vlan: string;
  readonly kind: 'standard' | 'distributed';
  readonly promiscuous?: boolean;
  readonly mtu?: number;
}

export interface MadeEstate {
  readonly machines: readonly MadeMachine[];
  readonly networks?: readonly MadeNetwork[];
}

/** The headings of each tab, parted by a comma and a blank. */
export type TabHeadings = Readonly<Record<string, string>>;

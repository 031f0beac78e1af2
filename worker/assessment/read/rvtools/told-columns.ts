/** Which columns stood in the tables that tell of a machine: files of several versions may be put together. */
import type { Heading } from '../records.ts';

/** Columns of which it is said where they are missing; any of the fields will do. */
export const COLUMNS: readonly (readonly [tab: string, fields: readonly string[], of: string, says: string])[] = [
  ['vInfo', ['cpus'], 'cpus', 'vInfo has no column “CPUs”.'],
  ['vInfo', ['memory'], 'memory', 'vInfo has no column “Memory”.'],
  ['vInfo', ['power'], 'power', 'vInfo has no column “Powerstate”.'],
  ['vInfo', ['firmware'], 'firmware', 'vInfo has no column “Firmware”: machines are taken to start by BIOS.'],
  ['vInfo', ['secureBoot'], 'secure-boot', 'vInfo has no column “EFI Secure boot”, which older versions lack.'],
  ['vInfo', ['changeTracking'], 'change-tracking', 'vInfo has no column “CBT”, which older versions lack.'],
  ['vInfo', ['consolidation'], 'consolidation', 'vInfo has no column “Consolidation Needed”.'],
  ['vInfo', ['osConfig', 'osTools'], 'guest-systems', 'vInfo has no column that names the guest’s system.'],
  [
    'vInfo',
    ['id', 'uuid', 'biosUuid'],
    'ids',
    'vInfo has neither “VM ID” nor “VM UUID”: machines are known by their names alone.',
  ],
  ['vInfo', ['ftState'], 'fault-tolerance', 'vInfo has no column “FT State”.'],
  ['vInfo', ['latency'], 'tuning', 'vInfo has no column “Latency Sensitivity”, which older versions lack.'],
  ['vInfo', ['showsDiskIds'], 'disk-ids', 'vInfo has no column “EnableUUID”, which older versions lack.'],
  [
    'vDisk',
    ['sharing', 'sharedBus'],
    'shared-disks',
    'vDisk has no columns “Sharing mode” and “Shared Bus”, which older versions lack.',
  ],
  ['vDisk', ['controller'], 'controllers', 'vDisk has no column “Controller”.'],
  ['vDisk', ['thin'], 'thin-disks', 'vDisk has no column “Thin”.'],
  ['vNetwork', ['mac'], 'macs', 'vNetwork has no column “Mac Address”.'],
  ['vNetwork', ['network'], 'networks', 'vNetwork has no column “Network”: on which networks cards are is not known.'],
  ['vNetwork', ['ip', 'ipv4', 'ipv6'], 'addresses', 'vNetwork has no column that names addresses.'],
  ['vMemory', ['reservation', 'isLocked'], 'tuning', 'vMemory has no column that tells of reservations.'],
  ['vTools', ['syncTime'], 'clock', 'vTools has no column “Sync time”.'],
  ['vPartition', ['free', 'consumed'], 'partitions', 'vPartition has neither “Free” nor “Consumed”.'],
];

/** Places in `COLUMNS`, each a bit: a machine has two numbers, and nothing is made for a row. */
export interface Told {
  had: number;
  lacked: number;
}

export class Seen {
  readonly #tabs = new Set<string>();
  /** In any table. */
  #had = 0;

  /** Takes note of a table. @returns what its rows tell a machine by */
  note(tab: string, headings: ReadonlyMap<string, Heading>): Readonly<Told> {
    this.#tabs.add(tab);
    const told: Told = { had: 0, lacked: 0 };
    for (const [place, [of, fields]] of COLUMNS.entries()) {
      if (of !== tab) continue;
      if (fields.some((field) => headings.has(field))) told.had |= 1 << place;
      else told.lacked |= 1 << place;
    }
    this.#had |= told.had;
    return told;
  }

  has(tab: string): boolean {
    return this.#tabs.has(tab);
  }

  /** Whether any table has this column. */
  hasColumn(place: number): boolean {
    return (this.#had & (1 << place)) !== 0;
  }
}

export function addTold(to: Told, { had, lacked }: Readonly<Told>): void {
  to.had |= had;
  to.lacked |= lacked;
}

/** Whether rows were about the machine, and none of their tables had this column. */
export const isLacking = ({ had, lacked }: Readonly<Told>, place: number): boolean =>
  (lacked & ~had & (1 << place)) !== 0;

/** How a machine of the window's demo is written down: by what it does, with ordinary values for the rest. */
import type { DiskSpec, MachineSpec, NicSpec } from '../../../test/lab/vcenter/machine-spec.ts';
import { sparseContent } from './content.ts';
import { FRANKFURT, hosts, type NetworkPlace } from './places.ts';

export const GiB = 1024 ** 3;

export const systems = {
  ubuntu: { guestOsId: 'ubuntu64Guest', guestOsName: 'Ubuntu Linux (64-bit)' },
  debian: { guestOsId: 'debian12_64Guest', guestOsName: 'Debian GNU/Linux 12 (64-bit)' },
  rhel: { guestOsId: 'rhel9_64Guest', guestOsName: 'Red Hat Enterprise Linux 9 (64-bit)' },
  windows2019: {
    guestOsId: 'windows2019srv_64Guest',
    guestOsName: 'Microsoft Windows Server 2019 (64-bit)',
    controller: 'lsisas1068',
  },
  windows2022: {
    guestOsId: 'windows2019srvNext_64Guest',
    guestOsName: 'Microsoft Windows Server 2022 (64-bit)',
    firmware: 'uefi',
    controller: 'lsisas1068',
  },
} as const satisfies Readonly<Record<string, Partial<MachineSpec>>>;

export interface Kind {
  /** `web-shop` becomes web-shop-01, web-shop-02 … */
  readonly name: string;
  readonly count: number;
  readonly folder: string;
  readonly datacenter?: string;
  readonly cluster: keyof Omit<typeof hosts, 'inMaintenance'>;
  readonly datastore: string;
  readonly network: NetworkPlace;
  /** The last number of the first machine's address. */
  readonly firstAddress: number;
  readonly system: keyof typeof systems;
  readonly cpus: number;
  readonly memoryGiB: number;
  readonly disksGiB: readonly number[];
  readonly tags: readonly string[];
  readonly note?: string;
  /** Every so many is off. */
  readonly offEvery?: number;
  readonly changeTracking?: boolean;
}

/** The first disk holds a system, the others data: little of both, so that a move takes a moment. */
export function disk(machine: string, index: number, sizeGiB: number, more: Partial<DiskSpec> = {}): DiskSpec {
  const sizeBytes = sizeGiB * GiB;
  const heldMiB = index === 0 ? 12 : 5;
  return {
    sizeBytes,
    isThin: true,
    content: sparseContent(`${machine} disk ${index + 1}`, sizeBytes, heldMiB),
    ...more,
  };
}

export const card = ({ name, prefix }: NetworkPlace, last: number): NicSpec => ({
  network: name,
  addresses: [`${prefix}.${last}`],
});

export function machinesOf(kind: Kind): MachineSpec[] {
  const { datacenter = FRANKFURT, offEvery = Infinity, note, changeTracking = false } = kind;
  return Array.from({ length: kind.count }, (_, index): MachineSpec => {
    const name = `${kind.name}-${String(index + 1).padStart(2, '0')}`;
    const homes = hosts[kind.cluster];
    return {
      name,
      datacenter,
      folder: kind.folder,
      host: homes[index % homes.length] ?? homes[0],
      datastore: kind.datastore,
      ...systems[kind.system],
      cpus: kind.cpus,
      memoryBytes: kind.memoryGiB * GiB,
      power: (index + 1) % offEvery === 0 ? 'off' : 'on',
      changeTracking,
      disks: kind.disksGiB.map((sizeGiB, at) => disk(name, at, sizeGiB)),
      nics: [card(kind.network, kind.firstAddress + index)],
      tags: kind.tags,
      ...(note === undefined ? {} : { annotation: note }),
    };
  });
}

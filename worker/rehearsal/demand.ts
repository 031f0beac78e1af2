/** What one machine of a wave would take of the cloud: counted as it was planned, or by its size where nothing could be planned. */
import type { CloudFacts } from '../../main/shared/cloud.ts';
import type { InventoryVm } from '../../main/shared/inventory.ts';
import type { MigrationPlan, PlannedPort } from '../../main/shared/migration.ts';
import type { Finding } from '../../main/shared/preflight.ts';
import { bootDiskOf, sizeGiBOf } from '../../main/shared/proposals/disks.ts';
import { chooseFlavor, needOf } from '../../main/shared/proposals/flavor.ts';
import { isCounted, type Countable, type RehearsedFlavor } from '../../main/shared/rehearsal.ts';
import type { MachineToRehearse } from '../../main/shared/rehearse-job.ts';

/** A machine, and what preflight made of it. */
export interface Looked {
  readonly machine: MachineToRehearse;
  /** Null where it is not there any more. */
  readonly vm: InventoryVm | null;
  readonly plan: MigrationPlan | null;
  readonly findings: readonly Finding[];
  /** Why it could not be looked at. */
  readonly obstacle: string | null;
}

export interface DemandedVolume {
  readonly label: string;
  /** By its name; null where nobody knows which it will be. */
  readonly type: string | null;
  readonly sizeGiB: number;
}

export interface Demand {
  readonly looked: Looked;
  readonly name: string;
  readonly targetName: string;
  readonly isEarlier: boolean;
  readonly sizeBytes: number;
  readonly counts: Readonly<Record<Countable, number>>;
  readonly flavor: Omit<RehearsedFlavor, 'machines'>;
  readonly volumes: readonly DemandedVolume[];
  readonly ports: readonly PlannedPort[];
  /** The external network that a floating address is taken from. */
  readonly floatingNetworkId: string | null;
}

/** Null for a machine that takes nothing more, or of which nothing is known. */
export function demandOf(looked: Looked, cloud: CloudFacts): Demand | null {
  const { machine, vm, plan } = looked;
  const { options, made } = machine;
  if (vm === null || !isCounted(machine)) return null;
  const isMade = (kind: MachineToRehearse['made'][number]): boolean => made.includes(kind);
  const rest = <T>(all: readonly T[], kind: MachineToRehearse['made'][number]): readonly T[] =>
    all.slice(made.filter((one) => one === kind).length);
  const bootDisk = bootDiskOf(vm);
  const disks = options.boot === 'volume' ? vm.disks : vm.disks.filter((disk) => disk !== bootDisk);
  const usual = cloud.volumeTypes.find(({ isDefault }) => isDefault)?.name ?? null;
  const volumes = rest(
    disks.map((disk) => ({ label: disk.label, type: options.volumeType ?? usual, sizeGiB: sizeGiBOf(disk) })),
    'volume',
  );
  const ports = rest(plan?.ports ?? [], 'port');
  const flavor = flavorOf(vm, options, cloud);
  const isServerMade = isMade('server');
  const hasFloating = options.floatingNetwork !== null && !isMade('floatingIp');
  return {
    looked,
    name: vm.name,
    targetName: plan?.targetName ?? options.targetName ?? vm.name,
    isEarlier: machine.isEarlier,
    sizeBytes: vm.disks.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    counts: {
      instances: isServerMade ? 0 : 1,
      cores: isServerMade ? 0 : flavor.vcpus,
      memoryMiB: isServerMade ? 0 : flavor.memoryMiB,
      ports: plan === null ? rest(vm.nics, 'port').length : ports.length,
      floatingIps: hasFloating ? 1 : 0,
      volumes: volumes.length,
      volumeGiB: volumes.reduce((sum, { sizeGiB }) => sum + sizeGiB, 0),
    },
    flavor,
    volumes,
    ports,
    floatingNetworkId: hasFloating ? (plan?.floatingNetworkId ?? null) : null,
  };
}

/** Nova counts the flavor’s size; where there is none yet, the machine’s own. */
function flavorOf(vm: InventoryVm, options: MachineToRehearse['options'], cloud: CloudFacts): Demand['flavor'] {
  const bootDisk = bootDiskOf(vm);
  const need = needOf(vm, bootDisk === undefined ? 0 : sizeGiBOf(bootDisk), options.boot);
  const choice = chooseFlavor(cloud, need, options);
  const isChosen = options.flavor !== null;
  if (!choice.found) return { id: null, name: '', ...need, state: 'missing', isChosen, says: choice.obstacle };
  const { value, reason } = choice.flavor;
  const there = cloud.flavors.find(({ id }) => id === value.id);
  if (there === undefined) return { ...value, ...need, state: 'made', isChosen, says: reason };
  const { id, name, vcpus, memoryMiB, diskGiB } = there;
  return { id, name, vcpus, memoryMiB, diskGiB, state: 'there', isChosen, says: reason };
}

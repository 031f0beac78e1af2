/** What will take time, money or nerves: the few things that somebody who plans a move wants to hear first, with figures. */
import type { AssessedMachine, AssessmentOptions, AssessmentSummary, Hurt } from '../../main/shared/assessment.ts';
import { bytesText, minutesText, things } from '../../main/shared/figures.ts';
import type { Estate } from '../../main/shared/estate.ts';
import type { InventoryVm } from '../../main/shared/inventory.ts';
import { MOST_NAMED, some } from './hurt-words.ts';
import { oldExport, silentGuests, snapshots } from './hurts-of-upkeep.ts';
import { endedBy } from '../preflight/support-ends.ts';

const GiB = 2 ** 30;
const LARGE_DISK_BYTES = 2 * 1024 * GiB;
const LARGE_MEMORY_MIB = 512 * 1024;
const MANY_CPUS = 64;
const MUCH_WASTE = 0.15;

export interface HurtFacts {
  readonly estate: Pick<Estate, 'kind' | 'takenAt'>;
  /** In the order of `machines`. */
  readonly vms: readonly InventoryVm[];
  readonly machines: readonly AssessedMachine[];
  readonly options: AssessmentOptions;
  /** When it was like this. */
  readonly asOf: Date;
  /** When it is judged. */
  readonly madeAt: Date;
  readonly summary: Pick<AssessmentSummary, 'totals' | 'quotas' | 'networks' | 'cloud' | 'flavors'>;
}

export function hurtsOf({ estate, vms, machines, options, asOf, madeAt, summary }: HurtFacts): Hurt[] {
  return [
    ...oldExport(estate, madeAt),
    ...quotas(summary),
    ...crowded(summary),
    ...window(machines, options),
    ...largeDisks(vms, options),
    ...rawDevices(vms),
    ...sharedDisks(vms),
    ...silentGuests(vms),
    ...snapshots(vms, asOf),
    ...oldGuests(vms, madeAt),
    ...namesakes(vms),
    ...giants(machines),
    ...thin(vms, summary),
    ...waste(summary),
  ];
}

function quotas({ quotas: lines }: HurtFacts['summary']): Hurt[] {
  const over = lines.filter((line) => line.over > 0);
  return some(
    over,
    (count) => `The project’s quota is too small in ${things(count, 'place')}`,
    (line) => {
      const of = `${quotaNames[line.of]}${line.type === null ? '' : ` of type “${line.type}”`}`;
      return `${of}: ${line.needs} needed, ${line.quota?.used ?? 0} of ${line.quota?.limit ?? 0} used, ${line.over} too many`;
    },
  );
}

export const quotaNames: Readonly<Record<AssessmentSummary['quotas'][number]['of'], string>> = {
  instances: 'servers',
  cores: 'vCPUs',
  memoryMiB: 'MiB of memory',
  ports: 'ports',
  floatingIps: 'floating addresses',
  volumes: 'volumes',
  volumeGiB: 'GiB of volumes',
};

function crowded({ networks }: HurtFacts['summary']): Hurt[] {
  const tight = networks.filter(({ to, addresses }) => to !== null && to.free !== null && to.free < addresses);
  return some(
    tight,
    (count) => `${things(count, 'network')} of the cloud ${count === 1 ? 'has' : 'have'} too few free addresses`,
    ({ name, to, addresses }) => `${name} → ${to?.name ?? ''}: ${to?.free ?? 0} free, ${addresses} needed`,
  );
}

function window(machines: readonly AssessedMachine[], { waves }: AssessmentOptions): Hurt[] {
  const { windowHours } = waves;
  if (windowHours === null) return [];
  const long = machines.filter(({ seconds }) => seconds > windowHours * 3600).sort((a, b) => b.seconds - a.seconds);
  return some(
    long,
    (count) => `${things(count, 'machine')} ${count === 1 ? 'takes' : 'take'} longer than a window of ${windowHours} h`,
    ({ name, seconds, copyBytes }) => `${name}: ${minutesText(seconds)} for ${bytesText(copyBytes)}`,
  );
}

function largeDisks(vms: readonly InventoryVm[], { rate }: AssessmentOptions): Hurt[] {
  const large = disksOf(vms)
    .filter(({ disk }) => disk.standsFor === undefined && disk.sizeBytes > LARGE_DISK_BYTES)
    .sort((a, b) => b.disk.sizeBytes - a.disk.sizeBytes);
  return some(
    large,
    (count) => `${things(count, 'disk')} ${count === 1 ? 'is' : 'are'} larger than 2 TiB`,
    ({ vm, disk }) =>
      `${vm.name}, ${disk.label}: ${bytesText(disk.sizeBytes)}, up to ${minutesText(disk.sizeBytes / rate.bytesPerSecond)} to copy`,
  );
}

function rawDevices(vms: readonly InventoryVm[]): Hurt[] {
  const raw = disksOf(vms).filter(({ disk }) => disk.rawDevice !== null);
  const bytes = raw.reduce((sum, { disk }) => sum + disk.sizeBytes, 0);
  return some(
    raw,
    (count) => `${things(count, 'disk')} of ${bytesText(bytes)} ${count === 1 ? 'is a raw device' : 'are raw devices'}`,
    ({ vm, disk }) => `${vm.name}, ${disk.label}: ${disk.rawDevice}, ${bytesText(disk.sizeBytes)}`,
  );
}

function sharedDisks(vms: readonly InventoryVm[]): Hurt[] {
  const shared = disksOf(vms).filter(({ disk }) => disk.isMultiWriter || disk.controller.isShared);
  return some(
    shared,
    (count) => `${things(count, 'disk')} ${count === 1 ? 'is' : 'are'} shared between machines`,
    ({ vm, disk }) => `${vm.name}, ${disk.label}`,
  );
}

/** By the day on which it is judged: an end that is still to come when a file was exported may be behind by now. */
function oldGuests(vms: readonly InventoryVm[], madeAt: Date): Hurt[] {
  const today = madeAt.toISOString();
  const found = new Map<string, number>();
  for (const vm of vms) {
    const end = endedBy(vm, today);
    if (end === null) continue;
    const old = `${end.name}, ended on ${end.day}`;
    found.set(old, (found.get(old) ?? 0) + 1);
  }
  const all = [...found.values()].reduce((sum, count) => sum + count, 0);
  if (all === 0) return [];
  const named = [...found].sort(([, a], [, b]) => b - a).slice(0, 2 * MOST_NAMED);
  const others = named.reduce((left, [, count]) => left - count, all);
  const about = named.map(([name, count]) => `${name}: ${count}`);
  return [
    {
      says: `Of ${things(all, 'guest')} the maker’s regular support has ended; whether a paid one goes on (ESU, ELS) is not told`,
      about: others === 0 ? about : [...about, `of other systems: ${others}`],
    },
  ];
}

/** A plan has to tell them apart, and people and scripts mix up servers of one name. */
function namesakes(vms: readonly InventoryVm[]): Hurt[] {
  const byName = new Map<string, InventoryVm[]>();
  for (const vm of vms) {
    const same = byName.get(vm.name.toLowerCase());
    if (same === undefined) byName.set(vm.name.toLowerCase(), [vm]);
    else same.push(vm);
  }
  return some(
    [...byName.values()].filter(({ length }) => length > 1),
    (count) =>
      `${things(count, 'name')} ${count === 1 ? 'is' : 'are'} that of several machines, whose servers need names of their own to be told apart`,
    (same) =>
      `${same[0]?.name ?? ''}: ${same
        .slice(0, MOST_NAMED)
        .map(({ ref }) => ref)
        .join(', ')}${same.length > MOST_NAMED ? ` and ${same.length - MOST_NAMED} more` : ''}`,
  );
}

function giants(machines: readonly AssessedMachine[]): Hurt[] {
  const giant = machines
    .filter(({ cpus, memoryMiB }) => cpus > MANY_CPUS || memoryMiB > LARGE_MEMORY_MIB)
    .sort((a, b) => b.memoryMiB - a.memoryMiB);
  return some(
    giant,
    (count) =>
      `${things(count, 'machine')} ${count === 1 ? 'is' : 'are'} larger than most hosts of a cloud have room for`,
    ({ name, cpus, memoryMiB }) => `${name}: ${cpus} vCPU, ${bytesText(memoryMiB * 2 ** 20)} of memory`,
  );
}

/** Volumes are as large as the disks, however little lies in them. Where nobody tells how much does, a disk is taken to be full. */
function thin(vms: readonly InventoryVm[], { totals }: HurtFacts['summary']): Hurt[] {
  let toldBytes = 0;
  let storedBytes = 0;
  const untold: number[] = [];
  for (const { disk } of disksOf(vms)) {
    if (disk.storedBytes === null) {
      untold.push(disk.sizeBytes);
      continue;
    }
    toldBytes += disk.sizeBytes;
    storedBytes += Math.min(disk.storedBytes, disk.sizeBytes);
  }
  if (toldBytes === 0 || storedBytes > toldBytes / 2) return [];
  const untoldBytes = untold.reduce((sum, bytes) => sum + bytes, 0);
  const holdBytes = storedBytes + untoldBytes;
  return [
    {
      says: `The disks hold ${bytesText(holdBytes)} of ${bytesText(toldBytes + untoldBytes)}: volumes count as large as the disks are`,
      about: [
        `quota for ${totals.diskGiB} GiB is needed`,
        `storage for ${Math.ceil(holdBytes / GiB)} GiB at first`,
        ...(untold.length === 0
          ? []
          : [
              `of ${things(untold.length, 'disk')} (${bytesText(untoldBytes)}) nobody tells how much ${untold.length === 1 ? 'it holds: it counts' : 'they hold: they count'} as full`,
            ]),
      ],
    },
  ];
}

function waste({ totals, flavors, cloud }: HurtFacts['summary']): Hurt[] {
  const { flavorWaste, cpus, memoryMiB } = totals;
  if (cloud === null || flavors.length === 0) return [];
  if (flavorWaste.vcpus <= cpus * MUCH_WASTE && flavorWaste.memoryMiB <= memoryMiB * MUCH_WASTE) return [];
  return [
    {
      says: 'The cloud’s flavors fit badly: machines get more than they have',
      about: [
        `${flavorWaste.vcpus} vCPU on top of ${cpus}`,
        `${bytesText(flavorWaste.memoryMiB * 2 ** 20)} of memory on top of ${bytesText(memoryMiB * 2 ** 20)}`,
      ],
    },
  ];
}

const disksOf = (vms: readonly InventoryVm[]): { vm: InventoryVm; disk: InventoryVm['disks'][number] }[] =>
  vms.flatMap((vm) => vm.disks.map((disk) => ({ vm, disk })));

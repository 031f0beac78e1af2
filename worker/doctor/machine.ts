/** Finds the machine that is meant, or one that tells the most about reading without a change to anything. */
import type { DoctorReport } from '../../main/shared/doctor.ts';
import { GutsError } from '../../main/shared/errors.ts';
import type { InventoryPage, InventoryVm } from '../../main/shared/inventory.ts';
import type { SourceDriver } from '../drivers.ts';
import { optionsFor } from './readings.ts';

/** So much of a disk is read; one that holds less says less. */
const ENOUGH_BYTES = 64 * 1024 * 1024;

interface Fitness {
  readonly vm: InventoryVm;
  readonly points: number;
}

export interface FoundMachine {
  readonly vm: InventoryVm;
  readonly why: NonNullable<DoctorReport['machine']>['why'];
}

/**
 * @param wanted a name, a ref or a UUID; null takes a suitable one
 * @param pages of the machines, which come sooner than a driver's where nobody wants tags
 * @returns null where the source has no machine with a disk
 * @throws where there is none of that name, or several
 */
export async function findMachine(
  driver: SourceDriver,
  wanted: string | null,
  signal: AbortSignal,
  pages: AsyncIterable<InventoryPage> = driver.inventory(signal),
): Promise<FoundMachine | null> {
  if (wanted !== null) return { vm: await named(driver, pages, wanted, signal), why: 'It is the one that was named.' };
  let best: Fitness | null = null;
  for await (const { vms } of pages) {
    for (const vm of vms) {
      const points = pointsOf(driver, vm);
      if (points > (best?.points ?? 0)) best = { vm, points };
    }
    if (best !== null && best.points >= FULL) break;
  }
  if (best === null) return null;
  const { vm } = best;
  const why =
    vm.power === 'off'
      ? 'None was named; this one is off, so that its disks can be read without a change to anything.'
      : 'None was named, and none is off whose disks could be read; this one runs.';
  return { vm: await driver.describe(vm.ref, signal), why };
}

async function named(
  driver: SourceDriver,
  pages: AsyncIterable<InventoryPage>,
  wanted: string,
  signal: AbortSignal,
): Promise<InventoryVm> {
  const key = wanted.toLowerCase();
  const found: InventoryVm[] = [];
  for await (const { vms } of pages) {
    for (const vm of vms) {
      const names = [vm.name, vm.ref, vm.biosUuid ?? '', vm.instanceUuid ?? ''];
      if (vm.ref === wanted || names.some((name) => name.toLowerCase() === key)) found.push(vm);
    }
  }
  const [first, ...others] = found.some(({ ref }) => ref === wanted)
    ? found.filter(({ ref }) => ref === wanted)
    : found;
  if (first === undefined) throw new NoSuchMachineError(wanted);
  if (others.length > 0) throw new SeveralMachinesError(wanted, [first, ...others]);
  return await driver.describe(first.ref, signal);
}

const FULL = 15;

/** 0 for one that tells nothing. */
function pointsOf(driver: SourceDriver, vm: InventoryVm): number {
  if (vm.disks.length === 0 || vm.connection !== 'connected') return 0;
  const ways = driver.readings(vm, optionsFor(vm, false)).filter(({ obstacle }) => obstacle === null);
  if (ways.length === 0) return 1;
  const holds = vm.disks.some(({ storedBytes, sizeBytes }) => (storedBytes ?? sizeBytes) >= ENOUGH_BYTES);
  return 2 + (vm.power === 'off' ? 8 : 0) + (holds ? 3 : 0) + Math.min(2, ways.length - 1);
}

class NoSuchMachineError extends GutsError {
  readonly code = 'doctor.no-such-machine';
  readonly remedy =
    'Look how it is called (“guts instance list”), and name it as it stands there, by name, ref or UUID.';

  constructor(wanted: string) {
    super(`The source has no machine “${wanted}”, or this user may not see it.`);
  }
}

class SeveralMachinesError extends GutsError {
  readonly code = 'doctor.several-machines';
  readonly remedy: string;

  constructor(wanted: string, found: readonly InventoryVm[]) {
    super(`${found.length} machines are called “${wanted}”.`);
    this.remedy = `Name one by its ref: ${found.map(({ ref, folder }) => `${ref} (in ${folder})`).join(', ')}.`;
  }
}

/** Whoever named the machine has to name it otherwise. */
export const isAboutMachine = (error: unknown): boolean =>
  error instanceof NoSuchMachineError || error instanceof SeveralMachinesError;

/** How long a machine would be off for its move, cold and warm: an estimate by the rate of copying, and by assumptions that are told. */
import type { AssessedMachine, AssessmentSummary } from '../../main/shared/assessment.ts';
import type { InventoryVm } from '../../main/shared/inventory.ts';

/** Nobody has measured these; whoever knows better reads the estimate so. */
export const downtimeAssumptions = {
  /** To shut a guest down, and to have its server up. */
  stopAndStartSeconds: 300,
  /** Of what is copied, that a machine changes between the last copy while it runs and its stop. */
  changedPercent: 5,
};

const FIRST_TRACKED_BY_VSPHERE = 7;
const FIRST_TRACKED_BY_HYPERV = 8;

type Tracking = NonNullable<AssessedMachine['tracking']>;

/** Whether the source writes down which blocks of its disks change. */
export function trackingOf(vm: InventoryVm, isUntold: boolean): Tracking {
  const { disks, hardwareVersion, hyperv, changeTracking } = vm;
  const isOutOfIt = disks.some(
    ({ mode, rawDevice, isMultiWriter, controller }) =>
      mode.startsWith('independent') || rawDevice === 'physical' || isMultiWriter || controller.isShared,
  );
  const isTooOld =
    hyperv === undefined
      ? hardwareVersion !== null && hardwareVersion < FIRST_TRACKED_BY_VSPHERE
      : Number.parseFloat(hyperv.version) < FIRST_TRACKED_BY_HYPERV;
  if (isOutOfIt || isTooOld) return 'cannot';
  if (isUntold) return 'untold';
  return changeTracking ? 'on' : 'off';
}

/** Null of a machine that is off already. @param seconds that copying all of it takes */
export function downtimeOf(
  { power }: Pick<InventoryVm, 'power'>,
  tracking: Tracking,
  seconds: number,
): AssessedMachine['downtime'] {
  if (power === 'off') return null;
  const { stopAndStartSeconds, changedPercent } = downtimeAssumptions;
  return {
    coldSeconds: seconds + stopAndStartSeconds,
    warmSeconds: tracking === 'cannot' ? null : (seconds * changedPercent) / 100 + stopAndStartSeconds,
  };
}

/** Of all that run; one that cannot move warm moves cold in either. */
export function downtimeOfWave(machines: readonly AssessedMachine[]): AssessmentSummary['waves'][number]['downtime'] {
  const running = machines.flatMap(({ downtime }) => downtime ?? []);
  return {
    machines: running.length,
    warmMachines: running.filter(({ warmSeconds }) => warmSeconds !== null).length,
    coldSeconds: running.reduce((sum, { coldSeconds }) => sum + coldSeconds, 0),
    warmSeconds: running.reduce((sum, { coldSeconds, warmSeconds }) => sum + (warmSeconds ?? coldSeconds), 0),
  };
}

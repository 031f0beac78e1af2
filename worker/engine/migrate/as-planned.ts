/** Holds the disks that a machine has against those that were planned: it moves with all of them, or not at all. */
import { GutsError } from '../../../main/shared/errors.ts';
import type { KnownDisk } from '../../drivers.ts';

export class DisksChangedError extends GutsError {
  readonly code = 'migration.disks-changed';
  readonly remedy =
    'See at the source that the machine has the disks that are to be moved, and start it once more (“guts retry”): it is planned anew with those that it has then.';

  constructor(machine: string, differences: readonly string[]) {
    super(`“${machine}” has other disks than when it was planned: ${differences.join(', ')}.`);
  }
}

/**
 * A size of 0 is one that the source cannot tell now.
 * @throws DisksChangedError naming each disk that was added, is gone, or has another size
 */
export function mustBeAsPlanned(machine: string, planned: readonly KnownDisk[], found: readonly KnownDisk[]): void {
  const added = found.filter(({ key }) => !planned.some((disk) => disk.key === key));
  const differences = planned.flatMap(({ key, label, sizeBytes }) => {
    const now = found.find((disk) => disk.key === key);
    if (now === undefined) return [`${label} is gone`];
    const isOther = now.sizeBytes !== sizeBytes && now.sizeBytes !== 0;
    return isOther ? [`${label} has ${now.sizeBytes} bytes instead of ${sizeBytes}`] : [];
  });
  differences.push(...added.map(({ label }) => `${label} was added`));
  if (differences.length > 0) throw new DisksChangedError(machine, differences);
}

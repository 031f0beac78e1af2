/** Volume types that were chosen for datastores that are not there: a typing error would change nothing, and nobody would hear of it. */
import type { AssessmentOptions } from '../../main/shared/assessment.ts';
import { GutsError } from '../../main/shared/errors.ts';
import type { Estate } from '../../main/shared/estate.ts';
import { nearestName } from '../../main/shared/nearest-name.ts';
import { placeIn } from './storage.ts';

/** Names that an error has. */
const MOST_NAMED = 10;

class UnknownDatastoreError extends GutsError {
  readonly code = 'assess.unknown-datastore';
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}

/** @throws UnknownDatastoreError */
export function demandKnownDatastores(
  { vms, datastores, from }: Pick<Estate, 'vms' | 'datastores' | 'from'>,
  volumeTypes: AssessmentOptions['volumeTypes'],
): void {
  const chosen = Object.keys(volumeTypes);
  if (chosen.length === 0) return;
  const refs = new Set(datastores.map(({ ref }) => ref));
  const others = vms.flatMap(({ disks }) =>
    disks.flatMap((disk) => (refs.has(disk.datastore ?? '') ? [] : (placeIn(disk) ?? []))),
  );
  const there = [...new Set([...datastores.map(({ name }) => name), ...others])].sort((a, b) => a.localeCompare(b));
  const unknown = chosen.filter((name) => !there.includes(name));
  if (unknown.length === 0) return;
  throw new UnknownDatastoreError(
    `No datastore of “${from.join('”, “')}” is called “${unknown.join('” or “')}”.`,
    `${namesText(unknown, there)} Name one of them, written so, for its volume type (--volume-type DATASTORE=TYPE).`,
  );
}

function namesText(unknown: readonly string[], there: readonly string[]): string {
  if (there.length === 0) return 'No datastores are told at all: leave the volume types out.';
  const near = unknown.flatMap((name) => nearestName(name, there) ?? []);
  const shown = [...new Set([...near, ...there])];
  const more = shown.length - MOST_NAMED;
  return `Datastores that there are: “${shown.slice(0, MOST_NAMED).join('”, “')}”${more > 0 ? ` and ${more} more` : ''}.`;
}

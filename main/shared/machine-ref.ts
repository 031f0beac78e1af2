/** The words by which a machine is asked for: its source's reference, and the identity that tells whose that is by now. */
import { z } from 'zod';
import type { InventoryVm } from './inventory.ts';

export const MachineRef = z.object({
  ref: z.string().min(1),
  name: z.string(),
  /** Of its instance, else of its BIOS; left out where the source told neither, and by earlier versions. */
  uuid: z.string().optional(),
});
export type MachineRef = z.infer<typeof MachineRef>;

type Identity = Pick<InventoryVm, 'instanceUuid' | 'biosUuid'>;

/** What only this machine has before what copies of it may share. */
export const uuidsOf = ({ instanceUuid, biosUuid }: Identity): string[] =>
  [instanceUuid, biosUuid].flatMap((uuid) => uuid ?? []);

/** @param uuids the one that it shall be known by first */
export const machineRefOf = (
  { ref, name }: Pick<MachineRef, 'ref' | 'name'>,
  [uuid]: readonly string[],
): MachineRef => ({ ref, name, ...(uuid === undefined ? {} : { uuid }) });

/** True also where one of the two is not known; a name may change, and is not looked at. */
export function isSameMachine(uuid: string | undefined, found: Identity): boolean {
  const uuids = uuidsOf(found).map((one) => one.toLowerCase());
  return uuid === undefined || uuids.length === 0 || uuids.includes(uuid.toLowerCase());
}

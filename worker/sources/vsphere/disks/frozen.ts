/** The disks of a machine as they stand still: its own while it is off, a snapshot's while it runs. */
import { z } from 'zod';
import { StrangeAnswerError } from '../../../net/errors.ts';
import type { VsphereSession } from '../session.ts';
import { type ManagedRef, ManagedRefValue, listOf } from '../values.ts';

const Device = z.object({
  $type: z.string().optional(),
  key: z.coerce.number(),
  deviceInfo: z.object({ label: z.string().nullish() }).nullish(),
  capacityInKB: z.coerce.number().optional(),
  capacityInBytes: z.coerce.number().optional(),
  backing: z
    .object({
      $type: z.string().optional(),
      fileName: z.string().nullish(),
      datastore: ManagedRefValue.nullish(),
      contentId: z.string().nullish(),
      diskMode: z.string().nullish(),
      parent: z.unknown().optional(),
    })
    .nullish(),
});

export interface FrozenDisk {
  readonly key: string;
  readonly label: string;
  readonly sizeBytes: number;
  /** `[datastore] folder/disk.vmdk`; null where it is no file of the datastore. */
  readonly file: string | null;
  readonly datastore: ManagedRef | null;
  /** Another one once somebody has written to it; null where vSphere does not tell. */
  readonly contentId: string | null;
  /** It holds only what changed since a file below it. */
  readonly hasParent: boolean;
  readonly isIndependent: boolean;
}

/** @param ref a machine or a snapshot */
export async function frozenDisks(
  session: VsphereSession,
  ref: ManagedRef,
  signal: AbortSignal,
): Promise<FrozenDisk[]> {
  const found = await session.properties(ref, ['config.hardware.device'], signal);
  return disksAmong(found.get('config.hardware.device'));
}

/** @param devices as `config.hardware.device` has them */
export function disksAmong(devices: unknown): FrozenDisk[] {
  return listOf(z.unknown())
    .parse(devices)
    .filter(isDisk)
    .map((device) => {
      const disk = Device.safeParse(device).data;
      const sizeBytes = disk?.capacityInBytes ?? (disk?.capacityInKB ?? Number.NaN) * 1024;
      if (disk === undefined || !Number.isSafeInteger(sizeBytes)) {
        throw new StrangeAnswerError('vSphere describes a disk without its key or its size.');
      }
      const { backing } = disk;
      const isFlat = backing?.$type === 'VirtualDiskFlatVer2BackingInfo';
      return {
        key: String(disk.key),
        label: disk.deviceInfo?.label ?? `disk ${disk.key}`,
        sizeBytes,
        file: isFlat ? (backing.fileName ?? null) : null,
        datastore: backing?.datastore ?? null,
        contentId: backing?.contentId ?? null,
        hasParent: backing?.parent !== undefined && backing.parent !== null,
        isIndependent: backing?.diskMode?.startsWith('independent') ?? false,
      };
    });
}

function isDisk(device: unknown): boolean {
  return z.object({ $type: z.literal('VirtualDisk') }).safeParse(device).success;
}

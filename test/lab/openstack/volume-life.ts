/** The life of a simulated volume: made of an image or empty, kept, removed. */
import { randomUUID } from 'node:crypto';
import { timeNow, type Cloud } from './cloud.ts';
import { diskOf, objectionTo } from './disk-content.ts';
import { Refusal, type SignedIn } from './web.ts';
import type { LabImage, LabVolume } from './words.ts';

export interface VolumeSpec {
  readonly name: string | null;
  readonly description?: string | null;
  readonly sizeGiB: number;
  readonly image: LabImage | null;
  /** Name or id; without it, the cloud's first type. */
  readonly type?: string;
  readonly zone?: string;
  readonly metadata?: Record<string, string>;
  /** It shall end in `error`, as one whose storage fails. */
  readonly isDoomed?: boolean;
}

const GIB = 1024 ** 3;

/** @throws Refusal in Cinder's words */
export function makeVolume(cloud: Cloud, who: SignedIn, spec: VolumeSpec): LabVolume {
  const [usual] = cloud.volumeTypes;
  const type =
    spec.type === undefined ? usual : cloud.volumeTypes.find(({ id, name }) => [id, name].includes(spec.type ?? ''));
  if (type === undefined) throw new Refusal(404, `Volume type with name ${spec.type ?? ''} could not be found.`);
  const { image, sizeGiB } = spec;
  if (image !== null) {
    if (image.status !== 'active')
      throw new Refusal(
        400,
        `Invalid image identifier or unable to access requested image. Image ${image.id} is not active.`,
      );
    if (sizeGiB < image.minDisk)
      throw new Refusal(
        400,
        `Volume size ${sizeGiB}GB cannot be smaller than the image minDisk size ${image.minDisk}GB.`,
      );
    const imageGiB = Math.ceil((image.size ?? 0) / GIB);
    if (imageGiB > sizeGiB)
      throw new Refusal(
        400,
        `Invalid input received: Size of specified image ${imageGiB}GB is larger than volume size ${sizeGiB}GB.`,
      );
  }
  mustHaveQuota(cloud, who.projectId, type.name, sizeGiB);
  const volume: LabVolume = {
    id: randomUUID(),
    projectId: who.projectId,
    userId: who.userId,
    createdAt: timeNow(),
    name: spec.name,
    description: spec.description ?? null,
    sizeGiB,
    status: 'creating',
    isBootable: false,
    type: type.name,
    isMultiattach: type.isMultiattach ?? false,
    zone: spec.zone ?? 'nova',
    metadata: spec.metadata ?? {},
    imageMetadata: null,
    attachments: [],
    disk: null,
  };
  cloud.volumes.set(volume.id, volume);
  const { buildMs } = cloud.settings;
  if (image !== null) cloud.later(buildMs / 2, () => advance(volume, 'creating', 'downloading'));
  cloud.later(buildMs, async () => await fill(cloud, volume, image, spec.isDoomed ?? false));
  return volume;
}

function advance(volume: LabVolume, from: LabVolume['status'], to: LabVolume['status']): void {
  if (volume.status === from) volume.status = to;
}

/** Puts the image's bytes in. Why it cannot is not said to anybody: as observed, only the status tells. */
async function fill(cloud: Cloud, volume: LabVolume, image: LabImage | null, isDoomed: boolean): Promise<void> {
  if (!cloud.volumes.has(volume.id)) return;
  if (image === null) {
    volume.status = isDoomed ? 'error' : 'available';
    return;
  }
  const isTooLarge = (image.virtualSize ?? 0) > volume.sizeGiB * GIB;
  const copy = isDoomed || isTooLarge ? null : await cloud.bytesOf(image, 'volume');
  if (copy === null || (await objectionTo(copy, image.diskFormat)) !== null) {
    await cloud.removeFile(copy);
    volume.status = 'error';
    return;
  }
  volume.disk = diskOf(copy, image.diskFormat);
  volume.isBootable = true;
  volume.imageMetadata = {
    ...image.properties,
    image_id: image.id,
    image_name: image.name ?? '',
    disk_format: image.diskFormat ?? '',
    container_format: image.containerFormat ?? '',
    min_disk: String(image.minDisk),
    min_ram: String(image.minRam),
    size: String(image.size ?? 0),
    checksum: image.checksum ?? '',
  };
  volume.status = 'available';
}

/** Cinder refuses with 413, and tells to try again at once: who does would do so for ever. */
export function mustHaveQuota(cloud: Cloud, projectId: string, type: string, moreGiB: number, moreVolumes = 1): void {
  const all = { of: '', quota: cloud.quotas, used: usedBy(cloud, projectId) };
  const own = { of: `_${type}`, quota: cloud.typeQuotas.get(type), used: usedBy(cloud, projectId, type) };
  for (const { of, quota, used } of [all, own]) {
    const { volumes = -1, volumeGiB = -1 } = quota ?? {};
    if (volumeGiB >= 0 && used.gib + moreGiB > volumeGiB)
      throw over(
        `VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes${of} quota. Requested ${moreGiB}G, quota is ${volumeGiB}G and ${used.gib}G has been consumed.`,
      );
    if (volumes >= 0 && used.volumes + moreVolumes > volumes)
      throw over(
        `VolumeLimitExceeded: Maximum number of volumes allowed (${volumes}) exceeded for quota 'volumes${of}'.`,
      );
  }
}

function over(message: string): Refusal {
  return new Refusal(413, message, 'overLimit', { 'retry-after': '0' });
}

/** @param type only what is of this one, by its name */
export function usedBy(
  cloud: Cloud,
  projectId: string,
  type: string | null = null,
): { readonly volumes: number; readonly gib: number } {
  const own = [...cloud.volumes.values()].filter(
    (volume) => volume.projectId === projectId && (type === null || volume.type === type),
  );
  return { volumes: own.length, gib: own.reduce((sum, { sizeGiB }) => sum + sizeGiB, 0) };
}

export async function removeVolume(cloud: Cloud, volume: LabVolume): Promise<void> {
  cloud.volumes.delete(volume.id);
  await cloud.removeFile(volume.disk?.path);
}

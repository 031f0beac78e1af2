/** What can be done to a Cinder volume that is there: grow it, mark it, make an image of it. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { timeNow, type Cloud } from './cloud.ts';
import { digestsOf, writeRaw } from './disk-content.ts';
import { mustHaveQuota } from './volume-life.ts';
import { Refusal, type Answer, type Call } from './web.ts';
import type { LabImage, LabVolume } from './words.ts';

const Action = z.union([
  z.strictObject({ 'os-extend': z.strictObject({ new_size: z.coerce.number().int().positive() }) }),
  z.strictObject({ 'os-set_bootable': z.strictObject({ bootable: z.boolean() }) }),
  z.strictObject({ 'os-set_image_metadata': z.strictObject({ metadata: z.record(z.string(), z.string()) }) }),
  z.strictObject({
    'os-volume_upload_image': z.looseObject({
      image_name: z.string(),
      disk_format: z.literal('raw').optional(),
      container_format: z.literal('bare').optional(),
    }),
  }),
]);
const GIB = 1024 ** 3;

export async function act(cloud: Cloud, volume: LabVolume, call: Call): Promise<Answer> {
  const action = await call.json(Action);
  if ('os-extend' in action) {
    const { new_size: sizeGiB } = action['os-extend'];
    if (volume.status !== 'available')
      throw new Refusal(
        400,
        `Invalid volume: Volume ${volume.id} status must be '('available',)' to extend, currently ${volume.status}.`,
      );
    if (sizeGiB <= volume.sizeGiB)
      throw new Refusal(
        400,
        `Invalid input received: New size for extend must be greater than current size. (current: ${volume.sizeGiB}, extended: ${sizeGiB}).`,
      );
    mustHaveQuota(cloud, volume.projectId, volume.type, sizeGiB - volume.sizeGiB, 0);
    volume.sizeGiB = sizeGiB;
    return { status: 202 };
  }
  if ('os-set_bootable' in action) {
    volume.isBootable = action['os-set_bootable'].bootable;
    return { status: 200 };
  }
  if ('os-set_image_metadata' in action) {
    volume.imageMetadata = { ...volume.imageMetadata, ...action['os-set_image_metadata'].metadata };
    return { status: 200, body: { metadata: volume.imageMetadata } };
  }
  if (volume.status !== 'available')
    throw new Refusal(400, `Invalid volume: Volume ${volume.id} status must be available to upload to an image.`);
  const image = uploadedImage(cloud, volume, action['os-volume_upload_image'].image_name);
  return {
    status: 202,
    body: {
      'os-volume_upload_image': {
        id: volume.id,
        image_id: image.id,
        image_name: image.name,
        disk_format: 'raw',
        container_format: 'bare',
        status: 'uploading',
        size: volume.sizeGiB,
      },
    },
  };
}

/** A raw image of the volume: what the guest would see, whatever format the volume's bytes are kept in. */
function uploadedImage(cloud: Cloud, volume: LabVolume, name: string): LabImage {
  const file = cloud.newFile('image');
  const image: LabImage = {
    id: randomUUID(),
    owner: volume.projectId,
    name,
    status: 'queued',
    diskFormat: 'raw',
    containerFormat: 'bare',
    visibility: 'shared',
    minDisk: 0,
    minRam: 0,
    isProtected: false,
    isHidden: false,
    size: null,
    virtualSize: null,
    checksum: null,
    sha512: null,
    properties: {},
    tags: [],
    file: null,
    tasks: [],
    createdAt: timeNow(),
    updatedAt: timeNow(),
  };
  cloud.images.set(image.id, image);
  volume.status = 'uploading';
  cloud.later(cloud.settings.buildMs, async () => {
    await writeRaw(volume.disk, file, volume.sizeGiB * GIB);
    const said = await digestsOf(file, cloud.signal);
    if (cloud.images.has(image.id))
      Object.assign(image, said, { file, virtualSize: volume.sizeGiB * GIB, status: 'active' });
    else await cloud.removeFile(file);
    volume.status = 'available';
  });
  return image;
}

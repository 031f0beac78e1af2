/** What a server boots from: the checks that Nova makes of images, flavors and block devices before it says yes. */
import { z } from 'zod';
import type { Cloud } from './cloud.ts';
import { makeVolume } from './volume-life.ts';
import { Refusal, type Call } from './web.ts';
import type { LabFlavor, LabImage, LabVolume } from './words.ts';

export const BlockDevice = z.strictObject({
  uuid: z.string().optional(),
  source_type: z.enum(['image', 'volume', 'blank', 'snapshot']),
  destination_type: z.enum(['volume', 'local']).optional(),
  boot_index: z.coerce.number().int().nullable().optional(),
  delete_on_termination: z.boolean().optional(),
  volume_size: z.coerce.number().int().positive().optional(),
  volume_type: z.string().optional(),
  device_name: z.string().optional(),
  device_type: z.string().optional(),
  disk_bus: z.string().optional(),
  guest_format: z.string().optional(),
  tag: z.string().optional(),
});
type BlockDevice = z.infer<typeof BlockDevice>;

/** The disks of a server that is to be. */
export interface BootDisks {
  /** Null where it boots from a volume. */
  readonly image: LabImage | null;
  readonly properties: Readonly<Record<string, string>>;
  /** In the order of the request, the boot volume first. */
  readonly volumes: readonly {
    readonly volume: LabVolume;
    readonly deleteOnTermination: boolean;
    readonly tag: string | null;
    /** Its own; null where it is on the bus of the image. */
    readonly bus: string | null;
  }[];
}

const GIB = 1024 ** 3;

/** @throws Refusal in Nova's words */
export function bootDisks(
  cloud: Cloud,
  call: Call,
  flavor: LabFlavor,
  imageRef: string,
  devices: readonly BlockDevice[],
): BootDisks {
  const early = devices.find((device) => device.volume_type !== undefined) !== undefined && call.minor < 67;
  if (early) throw new Refusal(400, "Additional properties are not allowed ('volume_type' was unexpected)");
  const ofImage = devices.find((one) => one.source_type === 'image' && (one.destination_type ?? 'local') === 'local');
  const image = imageRef === '' ? null : imageFor(cloud, call, imageRef);
  const boot = devices.find((device) => device.boot_index === 0);
  if ((image === null) === (boot === undefined) && !(image !== null && ofImage === boot))
    throw new Refusal(
      400,
      invalid('Boot sequence for the instance and image/block device mapping combination is not valid.'),
    );
  if (image !== null) mustFitFlavor(image, flavor, boot === undefined || boot === ofImage);
  const properties = image?.properties ?? bootProperties(cloud, call, boot);
  mustKnowValues(properties);
  const ordered = devices.filter((one) => one !== ofImage).sort((a, b) => order(a) - order(b));
  for (const device of ordered) mustBeUsable(cloud, call, device);
  const volumes = ordered.map((device) => ({
    volume: volumeOf(cloud, call, device),
    deleteOnTermination: device.delete_on_termination ?? false,
    tag: device.tag ?? null,
    bus: device.disk_bus ?? null,
  }));
  return { image, properties, volumes };
}

const invalid = (why: string): string => `Block Device Mapping is Invalid: ${why}`;
/** The boot device comes first, those without an index last, in the order of the request. */
const order = ({ boot_index: index }: BlockDevice): number =>
  index === undefined || index === null || index < 0 ? Number.MAX_SAFE_INTEGER : index;

function imageFor(cloud: Cloud, { who }: Call, id: string): LabImage {
  const image = cloud.images.get(id);
  const isSeen = image !== undefined && (who.isAdmin || image.owner === who.projectId || image.visibility === 'public');
  if (!isSeen) throw new Refusal(400, 'Can not find requested image');
  if (image.status !== 'active') throw new Refusal(400, `Image ${id} is not active.`);
  return image;
}

function mustFitFlavor(image: LabImage, flavor: LabFlavor, isLocal: boolean): void {
  if (image.minRam > flavor.ram) throw new Refusal(400, "Flavor's memory is too small for requested image.");
  if (!isLocal) return;
  if (flavor.disk === 0) throw new Refusal(403, 'Only volume-backed servers are allowed for flavors with zero disk.');
  if (image.minDisk > flavor.disk)
    throw new Refusal(
      400,
      `Flavor's disk is smaller than the minimum size specified in image metadata. Flavor disk is ${flavor.disk * GIB} bytes, minimum size is ${image.minDisk * GIB} bytes.`,
    );
  const size = image.virtualSize ?? image.size ?? 0;
  if (size > flavor.disk * GIB)
    throw new Refusal(
      400,
      `Flavor's disk is too small for requested image. Flavor disk is ${flavor.disk * GIB} bytes, image is ${size} bytes.`,
    );
}

function bootProperties(cloud: Cloud, call: Call, boot: BlockDevice | undefined): Readonly<Record<string, string>> {
  const { uuid = '' } = boot ?? {};
  if (boot?.source_type === 'image') return imageFor(cloud, call, uuid).properties;
  return cloud.volumes.get(uuid)?.imageMetadata ?? {};
}

function mustBeUsable(cloud: Cloud, call: Call, device: BlockDevice): void {
  const { source_type: source, uuid = '', volume_size: size } = device;
  if (!cloud.settings.hasVolumes) throw new Refusal(400, invalid('the cloud has no volume service.'));
  if (source === 'snapshot') throw new Refusal(400, invalid(`failed to get snapshot ${uuid}.`));
  if (source !== 'volume' && device.destination_type !== 'volume')
    throw new Refusal(400, invalid('only volumes can be added to a server here.'));
  if (source !== 'volume' && size === undefined)
    throw new Refusal(400, invalid(`Blank volumes (source: 'blank', dest: 'volume') need to have non-zero size`));
  if (source === 'image') imageFor(cloud, call, uuid);
  if (source !== 'volume') return;
  const volume = cloud.volumes.get(uuid);
  if (volume === undefined || (volume.projectId !== call.who.projectId && !call.who.isAdmin))
    throw new Refusal(400, invalid(`failed to get volume ${uuid}.`));
  if (volume.status !== 'available')
    throw new Refusal(
      400,
      `Invalid volume: Volume ${uuid} status must be 'available' or 'in-use'. Currently in '${volume.status}' status`,
    );
  if (volume.isMultiattach && call.minor < 60)
    throw new Refusal(400, 'Multiattach volumes are only supported starting with compute API version 2.60.');
  if (device.boot_index === 0 && !volume.isBootable) throw new Refusal(400, `Block Device ${uuid} is not bootable.`);
}

function volumeOf(cloud: Cloud, call: Call, device: BlockDevice): LabVolume {
  const known = device.source_type === 'volume' ? cloud.volumes.get(device.uuid ?? '') : undefined;
  if (known !== undefined) return known;
  const image = device.source_type === 'image' ? imageFor(cloud, call, device.uuid ?? '') : null;
  return makeVolume(cloud, call.who, {
    name: '',
    sizeGiB: device.volume_size ?? 1,
    image,
    ...(device.volume_type === undefined ? {} : { type: device.volume_type }),
  });
}

const VALUES: Readonly<Record<string, readonly string[]>> = {
  hw_disk_bus: ['virtio', 'scsi', 'sata', 'ide', 'usb', 'fdc', 'xen', 'lxc', 'uml'],
  hw_scsi_model: ['virtio-scsi', 'vmpvscsi', 'lsilogic', 'lsisas1068', 'lsisas1078', 'buslogic', 'ibmvscsi', 'auto'],
  hw_vif_model: [
    'virtio',
    'e1000',
    'e1000e',
    'rtl8139',
    'vmxnet3',
    'ne2k_pci',
    'pcnet',
    'netfront',
    'lan9118',
    'spapr-vlan',
  ],
  hw_firmware_type: ['bios', 'uefi'],
  hw_video_model: ['vga', 'cirrus', 'vmvga', 'xen', 'qxl', 'gop', 'virtio', 'none', 'bochs'],
  hw_rng_model: ['virtio'],
  hw_tpm_version: ['1.2', '2.0'],
  hw_tpm_model: ['tpm-tis', 'tpm-crb'],
  os_secure_boot: ['required', 'disabled', 'optional'],
};

/** Nova reads the values of the properties that it knows, and ignores names that it does not. */
function mustKnowValues(properties: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(properties)) {
    if (VALUES[name]?.includes(value) === false)
      throw new Refusal(400, `Invalid image metadata. Error: Field value ${value} is invalid`);
  }
}

/** The life of a simulated server: it is built and runs or fails, says things on its console, and goes. */
import { randomUUID } from 'node:crypto';
import { timeNow, type Cloud } from './cloud.ts';
import { diskOf, objectionTo } from './disk-content.ts';
import { removePort } from './ports.ts';
import type { BootDisks } from './server-disks.ts';
import { bindPorts } from './server-ports.ts';
import { removeVolume } from './volume-life.ts';
import type { LabAttachment, LabDisk, LabVolume, NovaServer } from './words.ts';

/** On the board that has IDE; a config drive is a CD in one of them. */
const IDE_PLACES = 4;

const NO_HOST = 'No valid host was found. There are not enough hosts available.';

/** Builds the server in the background. @param refusal why it shall fail; null lets it run where nothing else speaks against it */
export function build(cloud: Cloud, server: NovaServer, disks: BootDisks, refusal: string | null): void {
  const { buildMs } = cloud.settings;
  let why = refusal;
  cloud.later(buildMs / 2, () => {
    if (server.isDeleting) return;
    server.taskState = disks.volumes.length > 0 ? 'block_device_mapping' : 'spawning';
    why ??= bindPorts(cloud, server);
  });
  cloud.later(buildMs, async () => await finish(cloud, server, disks, why));
}

async function finish(cloud: Cloud, server: NovaServer, disks: BootDisks, refusal: string | null): Promise<void> {
  if (server.isDeleting) return;
  const isWaiting = disks.volumes.some(({ volume }) => volume.status === 'creating' || volume.status === 'downloading');
  if (isWaiting) {
    cloud.later(cloud.settings.buildMs, async () => await finish(cloud, server, disks, refusal));
    return;
  }
  const copy = disks.image === null ? null : await cloud.bytesOf(disks.image, 'server');
  const why = refusal ?? (await obstacle(server, disks, copy));
  server.updatedAt = timeNow();
  server.taskState = null;
  if (why !== null || server.isDeleting) {
    await cloud.removeFile(copy);
    if (!server.isDeleting) fail(cloud, server, why ?? '');
    return;
  }
  server.rootDisk = copy === null ? null : diskOf(copy, disks.image?.diskFormat ?? null);
  for (const attachment of server.attachments) connect(cloud, server, attachment);
  for (const id of server.portIds) {
    const port = cloud.ports.get(id);
    if (port !== undefined) port.status = 'ACTIVE';
  }
  server.status = 'ACTIVE';
  server.launchedAt = timeNow();
  cloud.follow(listen(cloud, server));
}

async function listen(cloud: Cloud, server: NovaServer): Promise<void> {
  const said = await cloud.settings.console(server, cloud.signal);
  server.console += said;
}

/** What no host of the cloud can give; null where nothing stands in the way. */
async function obstacle(server: NovaServer, disks: BootDisks, copy: string | null): Promise<string | null> {
  const { properties, image, volumes } = disks;
  if ((properties['hypervisor_type'] ?? 'qemu') !== 'qemu' || properties['hw_tpm_version'] !== undefined)
    return NO_HOST;
  const ofImage = properties['hw_disk_bus'] ?? 'virtio';
  const root = image === null ? [] : [null];
  const buses = [...root, ...volumes.map(({ bus }) => bus)].map((bus) => bus ?? ofImage);
  const onIde = buses.filter((bus) => bus === 'ide').length + (server.hasConfigDrive ? 1 : 0);
  if (onIde > IDE_PLACES)
    return `Build of instance ${server.id} aborted: Failure prepping block device: No free disk device names for prefix 'hd'`;
  const broken = volumes.find(({ volume }) => volume.status === 'error');
  const aborted = `Build of instance ${server.id} aborted: `;
  if (broken !== undefined)
    return `${aborted}Volume ${broken.volume.id} did not finish being created even after we waited 3 seconds or 2 attempts. And its status is error.`;
  if (image === null) return null;
  if (copy === null) return `${aborted}Image ${image.id} could not be found.`;
  const why = await objectionTo(copy, image.diskFormat);
  return why === null ? null : `${aborted}Image ${image.id} is unacceptable: ${why}`;
}

function fail(cloud: Cloud, server: NovaServer, message: string): void {
  server.status = 'ERROR';
  server.fault = { code: 500, message, created: timeNow() };
  leavePorts(cloud, server);
}

/** Ports that were there before stay and are free again; those that Nova made go. */
function leavePorts(cloud: Cloud, server: NovaServer): void {
  for (const id of server.portIds) {
    const port = cloud.ports.get(id);
    if (port?.isNovas === true) removePort(cloud, port);
    else if (port?.deviceId === server.id) Object.assign(port, { deviceId: '', deviceOwner: '', status: 'DOWN' });
  }
  server.portIds = [];
}

/** The server's next device is to be the volume; nobody else gets it from now on. */
export function reserve(
  server: NovaServer,
  volume: LabVolume,
  how: { readonly deleteOnTermination: boolean; readonly tag: string | null },
): LabAttachment {
  const taken = server.attachments.length + (server.imageId === '' ? 0 : 1);
  const device = `/dev/vd${String.fromCharCode('a'.charCodeAt(0) + taken)}`;
  const attachment = { id: randomUUID(), volumeId: volume.id, device, ...how };
  server.attachments.push(attachment);
  if (volume.status === 'available') volume.status = 'reserved';
  return attachment;
}

/** The server has the volume now. */
export function connect(cloud: Cloud, server: NovaServer, { id, volumeId, device }: LabAttachment): void {
  const volume = cloud.volumes.get(volumeId);
  if (volume === undefined) return;
  volume.status = 'in-use';
  volume.attachments = [{ id, serverId: server.id, device }];
}

/** Removes the server, a little later as Nova does; what was only lent to it becomes free again. */
export function removeServer(cloud: Cloud, server: NovaServer): void {
  if (server.isDeleting) return;
  server.isDeleting = true;
  server.taskState = 'deleting';
  cloud.later(cloud.settings.buildMs / 2, async () => {
    leavePorts(cloud, server);
    for (const volume of cloud.volumes.values()) {
      const attachment = server.attachments.find(({ volumeId }) => volumeId === volume.id);
      if (attachment === undefined) continue;
      volume.attachments = [];
      if (volume.status === 'in-use' || volume.status === 'reserved') volume.status = 'available';
      if (attachment.deleteOnTermination) await removeVolume(cloud, volume);
    }
    cloud.servers.delete(server.id);
    await cloud.removeFile(server.rootDisk?.path);
  });
}

/** The disks that the server has, the one that it boots from first; empty volumes are left out. */
export function disksOf(cloud: Cloud, server: NovaServer): LabDisk[] {
  const volumes = server.attachments.map(({ volumeId }) => cloud.volumes.get(volumeId)?.disk ?? null);
  return [server.rootDisk, ...volumes].filter((disk): disk is LabDisk => disk !== null);
}

/** Nova's volume attachments: a server gets one more disk, or gives one back. */
import { z } from 'zod';
import type { Cloud } from './cloud.ts';
import { connect, reserve } from './server-life.ts';
import { mustMayWrite, serverOf } from './servers.ts';
import { on, Refusal, type Call, type Route } from './web.ts';
import type { LabAttachment, NovaServer } from './words.ts';

const NewAttachment = z.strictObject({
  volumeAttachment: z.strictObject({
    volumeId: z.string(),
    device: z.string().nullable().optional(),
    tag: z.string().optional(),
    delete_on_termination: z.boolean().optional(),
  }),
});

export function attachmentRoutes(cloud: Cloud): Route[] {
  const path = '/v2.1/servers/:id/os-volume_attachments';
  const attachmentOf = (call: Call, server: NovaServer): LabAttachment => {
    const found = server.attachments.find(({ volumeId }) => volumeId === call.param('volume'));
    if (found === undefined)
      throw new Refusal(404, `Instance ${server.id} is not attached to volume ${call.param('volume')}`);
    return found;
  };
  return [
    on('GET', path, (call) => {
      const server = serverOf(cloud, call);
      return { status: 200, body: { volumeAttachments: server.attachments.map((one) => body(server, one, call)) } };
    }),
    on('GET', `${path}/:volume`, (call) => {
      const server = serverOf(cloud, call);
      return { status: 200, body: { volumeAttachment: body(server, attachmentOf(call, server), call) } };
    }),
    on('POST', path, async (call) => {
      mustMayWrite(call, 'os-volumes-attachments:create');
      const server = serverOf(cloud, call);
      const { volumeAttachment: given } = await call.json(NewAttachment);
      const attachment = attach(cloud, server, given.volumeId, given.delete_on_termination ?? false, given.tag ?? null);
      return { status: 200, body: { volumeAttachment: body(server, attachment, call) } };
    }),
    on('DELETE', `${path}/:volume`, (call) => {
      mustMayWrite(call, 'os-volumes-attachments:delete');
      const server = serverOf(cloud, call);
      detach(cloud, server, attachmentOf(call, server));
      return { status: 202 };
    }),
  ];
}

function attach(
  cloud: Cloud,
  server: NovaServer,
  id: string,
  deleteOnTermination: boolean,
  tag: string | null,
): LabAttachment {
  const volume = cloud.volumes.get(id);
  if (volume === undefined || volume.projectId !== server.projectId)
    throw new Refusal(404, `Volume ${id} could not be found.`);
  if (volume.status !== 'available')
    throw new Refusal(400, `Invalid volume: volume ${id} status must be 'available'. Currently in '${volume.status}'`);
  if (server.status === 'BUILD' || server.status === 'ERROR')
    throw new Refusal(
      409,
      `Cannot 'attach_volume' instance ${server.id} while it is in vm_state ${server.status === 'BUILD' ? 'building' : 'error'}`,
    );
  const attachment = reserve(server, volume, { deleteOnTermination, tag });
  cloud.later(cloud.settings.buildMs, () => {
    if (volume.status === 'reserved' && !server.isDeleting) connect(cloud, server, attachment);
  });
  return attachment;
}

function detach(cloud: Cloud, server: NovaServer, attachment: LabAttachment): void {
  const volume = cloud.volumes.get(attachment.volumeId);
  if (volume === undefined || volume.status !== 'in-use')
    throw new Refusal(400, `Invalid volume: Invalid input received: Unable to detach volume ${attachment.volumeId}.`);
  const isRoot = server.imageId === '' && server.attachments[0] === attachment;
  if (isRoot) throw new Refusal(403, 'Cannot detach a root device volume');
  volume.status = 'detaching';
  cloud.later(cloud.settings.buildMs / 2, () => {
    server.attachments = server.attachments.filter((one) => one !== attachment);
    volume.attachments = [];
    volume.status = 'available';
  });
}

function body(server: NovaServer, one: LabAttachment, { minor }: Call): object {
  return {
    ...(minor >= 89 ? { attachment_id: one.id, bdm_uuid: one.id } : { id: one.volumeId }),
    volumeId: one.volumeId,
    serverId: server.id,
    device: one.device,
    ...(minor >= 70 ? { tag: one.tag } : {}),
    ...(minor >= 79 ? { delete_on_termination: one.deleteOnTermination } : {}),
  };
}

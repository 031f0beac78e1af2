/** Which ports a new server gets: those that were made for it, or ones that Nova makes. */
import { z } from 'zod';
import type { Cloud } from './cloud.ts';
import { isSeen, makePort } from './ports.ts';
import { Refusal, type Call } from './web.ts';
import type { LabPort, NovaServer } from './words.ts';

export const NetworkChoice = z.strictObject({
  uuid: z.string().optional(),
  port: z.string().optional(),
  fixed_ip: z.string().optional(),
  tag: z.string().optional(),
});

/**
 * The ports that the server is to have, in the order of the request. As in Nova they are bound while it is built, so
 * that two servers may be promised the same one.
 * @throws Refusal in Nova's words
 */
export function portsFor(
  cloud: Cloud,
  call: Call,
  wanted: readonly z.infer<typeof NetworkChoice>[] | 'auto' | 'none' | undefined,
): string[] {
  if (wanted === 'none') return [];
  const choices = typeof wanted === 'object' ? wanted : onlyNetwork(cloud, call);
  const given = choices.map((choice) => ({
    choice,
    known: choice.port === undefined ? null : portNamed(cloud, call, choice.port),
  }));
  const ports = given.map(({ choice, known }) => known ?? novasPort(cloud, call, choice));
  return ports.map(({ id }) => id);
}

/** Binds the ports to their server. @returns why that cannot be, as a member is told; null when it is done */
export function bindPorts(cloud: Cloud, server: NovaServer): string | null {
  const ports = server.portIds.flatMap((id) => cloud.ports.get(id) ?? []);
  if (ports.some(({ deviceId }) => deviceId !== '' && deviceId !== server.id))
    return `Exceeded maximum number of retries. Exhausted all hosts available for retrying build failures for instance ${server.id}.`;
  for (const port of ports) Object.assign(port, { deviceId: server.id, deviceOwner: `compute:${server.zone}` });
  return null;
}

/** What `auto`, and nothing at all, mean where a project has one network. */
function onlyNetwork(cloud: Cloud, { who }: Call): { readonly uuid: string; readonly port?: string }[] {
  const own = [...cloud.networks.values()].filter((one) => one.projectId === who.projectId && !one.isExternal);
  if (own.length > 1) throw new Refusal(409, 'Multiple possible networks found, use a Network ID to be more specific.');
  return own.map(({ id }) => ({ uuid: id }));
}

function portNamed(cloud: Cloud, { who }: Call, id: string): LabPort {
  const port = cloud.ports.get(id);
  if (port === undefined || (port.projectId !== who.projectId && !who.isAdmin))
    throw new Refusal(400, `Port id ${id} could not be found.`);
  if (port.deviceId !== '') throw new Refusal(409, `Port ${id} is still in use.`);
  return port;
}

function novasPort(cloud: Cloud, { who }: Call, choice: z.infer<typeof NetworkChoice>): LabPort {
  const network = cloud.networks.get(choice.uuid ?? '');
  if (network === undefined || !isSeen(network, who))
    throw new Refusal(400, `Network ${choice.uuid ?? ''} could not be found.`);
  if (network.isExternal && !who.isAdmin)
    throw new Refusal(403, `It is not allowed to create an interface on external network ${network.id}`);
  try {
    const fixed = choice.fixed_ip === undefined ? {} : { fixed_ips: [{ ip_address: choice.fixed_ip }] };
    const port = makePort(cloud, network, fixed, who.projectId);
    port.isNovas = true;
    return port;
  } catch (error) {
    if (!(error instanceof Refusal) || error.kind !== 'OverQuota') throw error;
    throw new Refusal(403, 'Maximum number of ports exceeded');
  }
}

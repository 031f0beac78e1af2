/** What can be asked of a Nova server that is there: its console, power, metadata, tags and interfaces. */
import { z } from 'zod';
import type { Cloud } from './cloud.ts';
import { mustMayWrite, serverOf } from './servers.ts';
import { on, Refusal, type Answer, type Call, type Route } from './web.ts';
import type { NovaServer } from './words.ts';

const text = z.string().max(255);
const Metadata = z.strictObject({ metadata: z.record(text, text) });
const Tags = z.strictObject({ tags: z.array(z.string().max(60)).max(50) });
const Change = z.strictObject({
  server: z.strictObject({ name: text.min(1).optional(), description: text.nullable().optional() }),
});
const Action = z.record(z.string(), z.unknown());
const ConsoleRequest = z.object({ length: z.coerce.number().int().min(-1).nullable().optional() }).nullable();

export function consoleRoutes(cloud: Cloud): Route[] {
  const own = (call: Call): NovaServer => {
    if (call.method !== 'GET') mustMayWrite(call, 'servers:update');
    return serverOf(cloud, call);
  };
  return [
    on('POST', '/v2.1/servers/:id/action', async (call) => act(own(call), await call.json(Action))),
    on('PUT', '/v2.1/servers/:id', async (call) => {
      const server = own(call);
      const { server: given } = await call.json(Change);
      Object.assign(server, given);
      return { status: 200, body: { server: { id: server.id, name: server.name } } };
    }),
    on('GET', '/v2.1/servers/:id/metadata', (call) => ({ status: 200, body: { metadata: own(call).metadata } })),
    on('POST', '/v2.1/servers/:id/metadata', async (call) => {
      const server = own(call);
      server.metadata = { ...server.metadata, ...(await call.json(Metadata)).metadata };
      return { status: 200, body: { metadata: server.metadata } };
    }),
    on('GET', '/v2.1/servers/:id/tags', (call) => ({ status: 200, body: { tags: own(call).tags } })),
    on('PUT', '/v2.1/servers/:id/tags', async (call) => {
      if (call.minor < 26) throw new Refusal(404, 'The resource could not be found.');
      const server = own(call);
      server.tags = (await call.json(Tags)).tags;
      return { status: 200, body: { tags: server.tags } };
    }),
    on('GET', '/v2.1/servers/:id/os-interface', (call) => {
      const ports = own(call).portIds.flatMap((id) => cloud.ports.get(id) ?? []);
      const interfaces = ports.map(({ id, networkId, mac, fixedIps, status }) => ({
        port_id: id,
        net_id: networkId,
        mac_addr: mac,
        fixed_ips: fixedIps,
        port_state: status,
      }));
      return { status: 200, body: { interfaceAttachments: interfaces } };
    }),
    on('GET', '/v2.1/servers/:id/os-instance-actions', (call) => {
      const server = own(call);
      const action = {
        action: 'create',
        instance_uuid: server.id,
        request_id: '',
        start_time: server.createdAt,
        message: null,
      };
      return { status: 200, body: { instanceActions: [action] } };
    }),
  ];
}

function act(server: NovaServer, action: z.infer<typeof Action>): Answer {
  const [name = '', value] = Object.entries(action)[0] ?? [];
  const needs = (status: NovaServer['status'], verb: string): void => {
    if (server.status !== status)
      throw new Refusal(
        409,
        `Cannot '${verb}' instance ${server.id} while it is in vm_state ${server.status.toLowerCase()}`,
      );
  };
  switch (name) {
    case 'os-getConsoleOutput':
      return { status: 200, body: { output: consoleOf(server, value) } };
    case 'os-stop':
      needs('ACTIVE', 'stop');
      server.status = 'SHUTOFF';
      return { status: 202 };
    case 'os-start':
      needs('SHUTOFF', 'start');
      server.status = 'ACTIVE';
      return { status: 202 };
    case 'reboot':
      needs('ACTIVE', 'reboot');
      return { status: 202 };
    default:
      throw new Refusal(400, `There is no such action: ${name}`);
  }
}

function consoleOf(server: NovaServer, request: unknown): string {
  if (server.launchedAt === null) throw new Refusal(409, `Instance ${server.id} is not ready`);
  const parsed = ConsoleRequest.safeParse(request);
  if (!parsed.success) throw new Refusal(400, 'Invalid input for field/attribute length.');
  const length = parsed.data?.length ?? -1;
  if (length < 0) return server.console;
  const lines = server.console.split('\n');
  return lines.slice(Math.max(0, lines.length - length)).join('\n');
}

/** Removes a port that a migration left, once the cloud has said again that it is that one and that nothing uses it. */
import { z } from 'zod';
import { GutsError } from '../../../main/shared/errors.ts';
import { tagIn, unlessGone, type Site } from './making.ts';
import { pathOfPort, Port } from './ports.ts';

const WithUser = z.object({ port: Port.extend({ device_owner: z.string().nullish() }) });

/** @throws PortKeptError */
export async function removeLeftPort(
  { session }: Site,
  { id, name }: { readonly id: string; readonly name: string },
  signal: AbortSignal,
): Promise<void> {
  const answer = await unlessGone(session.request('network', 'GET', pathOfPort(id), { schema: WithUser, signal }));
  if (answer === null) return;
  const { port } = answer;
  if (port.name !== name || tagIn(name) === null)
    throw new PortKeptError(`The port ${id} is called “${port.name ?? ''}” now, and none that a migration left.`);
  const user = [port.device_owner, port.device_id].find((one) => typeof one === 'string' && one !== '');
  if (user !== undefined) throw new PortKeptError(`The port “${name}” (${id}) is used now: ${user ?? ''}.`);
  await unlessGone(session.request('network', 'DELETE', pathOfPort(id), { schema: z.null(), signal }));
}

class PortKeptError extends GutsError {
  readonly code = 'check.port-kept';
  readonly remedy = 'Check again: something has changed meanwhile.';
}

/** Ports of loopback for peers, which a story has to name before they listen. */
import { once } from 'node:events';
import * as net from 'node:net';

/** Four that nobody has at this moment. */
export async function freePorts(): Promise<number[]> {
  const servers = Array.from({ length: 4 }, () => net.createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map(async (server) => await once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as net.AddressInfo).port); // it listens on TCP
  await Promise.all(servers.map(async (server) => await once(server.close(), 'close')));
  return ports;
}

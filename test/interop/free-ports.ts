/** Ports of loopback for peers, which a story has to name before they listen, and again when they come back. */
import { randomInt } from 'node:crypto';
import * as net from 'node:net';

/** Linux gives none of these to a connection that goes out: from 32768 on one could have it just when the peer wants to listen. */
const [FIRST, BEHIND] = [26_000, 32_768];
const AS_MANY = 4;

/** Four that nobody has at this moment. */
export async function freePorts(): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < AS_MANY) {
    const port = randomInt(FIRST, BEHIND);
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

async function isFree(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** Servers of this machine’s loopback at the same ports of a host: TCP there, a Unix socket between, TCP here. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import * as net from 'node:net';
import * as path from 'node:path';
import { endChild } from '../../support/end-child.ts';
import { joined } from './joined.ts';
import type { Way } from './forwarder.ts';
import type { Host } from './host.ts';

const program = path.resolve(import.meta.dirname, 'forwarder.ts');
const LONGEST_NAME_BYTES = 64;

export class Published implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #servers: readonly net.Server[];
  readonly #open: ReadonlySet<net.Socket>;

  private constructor(child: ChildProcess, servers: readonly net.Server[], open: ReadonlySet<net.Socket>) {
    this.#child = child;
    this.#servers = servers;
    this.#open = open;
  }

  /** @param folder for sockets; its name must be short */
  static async open(host: Host, folder: string, ports: readonly number[]): Promise<Published> {
    const socketOf = (port: number): string => path.join(folder, `${host.name}-${port}.sock`);
    const servers: net.Server[] = [];
    const open = new Set<net.Socket>();
    for (const port of ports) {
      const server = net.createServer((socket) => {
        open.add(socket);
        socket.once('close', () => open.delete(socket));
        void welcome(socket, port);
      });
      rmSync(socketOf(port), { force: true });
      await once(server.listen(socketOf(port)), 'listening');
      servers.push(server);
    }
    const ways = ports.map((port): Way => {
      return { listen: { host: '127.0.0.1', port }, connect: { path: socketOf(port) }, tellsWho: true };
    });
    return new Published(await forward(host, ways), servers, open);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await endChild(this.#child, 'SIGKILL');
    for (const socket of this.#open) socket.destroy();
    await Promise.all(this.#servers.map(async (server) => await once(server.close(), 'close')));
  }
}

/** Runs the forwarder on a host until it is ended. */
export async function forward(host: Host, ways: readonly Way[]): Promise<ChildProcess> {
  const [command = '', ...words] = [...host.tiedWords, process.execPath, program, JSON.stringify(ways)];
  const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => {
      throw new Error(`nothing is forwarded on ${host.name}`);
    }),
  ]);
  return child;
}

/** The first line says who it is, which is the address from which the server sees it come: 10.77.2.2 is 127.77.2.2. */
async function welcome(socket: net.Socket, port: number): Promise<void> {
  socket.on('error', () => {});
  let head = Buffer.alloc(0);
  while (!head.includes('\n') && head.length < LONGEST_NAME_BYTES) {
    const [piece] = (await once(socket, 'data').catch(() => [null])) as [Buffer | null];
    if (piece === null) return;
    head = Buffer.concat([head, piece]);
    socket.pause();
  }
  const end = head.indexOf('\n');
  const localAddress = head.subarray(0, end).toString().replace(/^\d+/, '127');
  const server = net.connect({ host: '127.0.0.1', port, localAddress });
  server.on('error', () => {});
  server.write(head.subarray(end + 1));
  joined(socket, server);
}

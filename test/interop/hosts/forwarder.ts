/** A program of its own: passes connections on, from TCP to a Unix socket or the other way, on whichever host it is started. */
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import * as net from 'node:net';
import { joined } from './joined.ts';

type Place = { readonly host: string; readonly port: number } | { readonly path: string };

export interface Way {
  readonly listen: Place;
  readonly connect: Place;
  /** Sends the address of whoever connects before everything else, on a line. */
  readonly tellsWho?: boolean;
}

const ways = JSON.parse(process.argv[2] ?? '[]') as Way[]; // whoever starts it is ours

for (const { listen, connect, tellsWho = false } of ways) {
  if ('path' in listen) rmSync(listen.path, { force: true });
  const server = net.createServer((client) => {
    const onward = net.connect(connect);
    for (const socket of [client, onward]) socket.on('error', () => {});
    if (tellsWho) onward.write(`${client.remoteAddress ?? ''}\n`);
    joined(client, onward);
  });
  await once(server.listen(listen), 'listening');
}
process.stdout.write('ready\n');

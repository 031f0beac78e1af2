/** A TCP proxy on loopback that breaks connections off on purpose. */
import { once } from 'node:events';
import * as net from 'node:net';

interface Pair {
  readonly client: net.Socket;
  readonly server: net.Socket;
}

export class CuttingProxy implements AsyncDisposable {
  readonly #server: net.Server;
  readonly #open = new Set<net.Socket>();
  readonly #pairs = new Set<Pair>();
  #cuts: number[] = [];
  #isSilent = false;
  /** Since the start. */
  connections = 0;

  private constructor(host: string, port: number) {
    this.#server = net.createServer((client) => {
      this.connections += 1;
      const server = net.connect({ host, port });
      let left = this.#cuts.shift() ?? Infinity;
      const end = (): void => {
        client.destroy();
        server.destroy();
      };
      for (const socket of [client, server]) {
        this.#open.add(socket);
        socket.on('error', end);
        socket.on('close', () => (this.#open.delete(socket), end()));
      }
      const pair = { client, server };
      this.#pairs.add(pair);
      client.once('close', () => this.#pairs.delete(pair));
      client.pipe(server);
      if (this.#isSilent) hush(pair);
      server.on('data', (bytes: Buffer) => {
        if (!client.write(bytes.subarray(0, left))) {
          server.pause();
          client.once('drain', () => {
            if (!this.#isSilent) server.resume();
          });
        }
        left -= bytes.length;
        if (left <= 0) end();
      });
    });
  }

  static async open(host: string, port: number): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(host, port);
    await once(proxy.#server.listen(0, '127.0.0.1'), 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as net.AddressInfo).port; // it listens on TCP
  }

  /** The next connections, one each, break off when so many bytes have come from the server. */
  cutAfter(...bytes: readonly number[]): void {
    this.#cuts.push(...bytes);
  }

  /** Breaks off what is open now. */
  cut(): void {
    for (const socket of this.#open) socket.destroy();
  }

  /** Lets nothing through any more, and says nothing of that: as a network that drops everything. */
  silence(): void {
    this.#isSilent = true;
    for (const pair of this.#pairs) hush(pair);
  }

  /** Lets everything through again, also what came meanwhile. */
  speak(): void {
    this.#isSilent = false;
    for (const { client, server } of this.#pairs) {
      client.pipe(server);
      server.resume();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    await once(this.#server.close(), 'close');
  }
}

function hush({ client, server }: Pair): void {
  client.unpipe(server);
  client.pause();
  server.pause();
}

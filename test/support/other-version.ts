/** A server in front of a daemon that says of it another version and contract than it has. */
import { once } from 'node:events';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Said {
  readonly version: string;
  readonly contract: number;
}

export class OtherVersion implements AsyncDisposable {
  readonly url: string;
  /** What is said from now on. */
  said: Said;
  readonly #server: http.Server;

  private constructor(server: http.Server, said: Said) {
    this.#server = server;
    this.said = said;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens on TCP
  }

  static async open(daemonUrl: string, said: Said): Promise<OtherVersion> {
    const server = http.createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const other = new OtherVersion(server, said);
    server.on('request', (asked, answer) => other.#pass(daemonUrl, asked, answer));
    return other;
  }

  #pass(daemonUrl: string, asked: http.IncomingMessage, answer: http.ServerResponse): void {
    const { method, headers, url = '/' } = asked;
    const { 'accept-encoding': _any, ...plain } = headers;
    const sent = http.request(new URL(url, daemonUrl), { method, headers: plain }, (got) => {
      const { 'content-length': _length, ...rest } = got.headers;
      answer.writeHead(got.statusCode ?? 502, rest);
      if (url !== '/v1/session' || got.statusCode !== 200) return void got.pipe(answer);
      const parts: Buffer[] = [];
      got.on('data', (part: Buffer) => parts.push(part));
      got.on('end', () => {
        const session = JSON.parse(Buffer.concat(parts).toString('utf8')) as object; // as the daemon said it
        answer.end(JSON.stringify({ ...session, ...this.said }));
      });
    });
    sent.on('error', () => answer.destroy());
    answer.on('close', () => sent.destroy());
    asked.pipe(sent);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await once(this.#server.close(), 'close');
  }
}

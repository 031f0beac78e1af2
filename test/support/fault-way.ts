/** A way to a daemon on which something happens at a step of one’s choice: before a question arrives, or before its answer does. */
import { once } from 'node:events';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Step {
  /** Of the question’s path, such as `/receive`. */
  readonly path: RegExp;
  /** Of its body; all without it. */
  readonly body?: RegExp;
  readonly when: 'before' | 'after';
  /** Once; what was asked is then broken off. */
  readonly happens: () => Promise<void>;
}

export class FaultWay implements AsyncDisposable {
  readonly url: string;
  /** Paths that were asked for, in order. */
  readonly asked: string[] = [];
  readonly #server: http.Server;
  #step: Step | null = null;

  private constructor(server: http.Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens on TCP
  }

  /** @param to the daemon, wherever it is by then */
  static async open(to: () => string): Promise<FaultWay> {
    const server = http.createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const way = new FaultWay(server);
    server.on('request', (asked, answer) => void way.#pass(to(), asked, answer).catch(() => answer.destroy()));
    return way;
  }

  at(step: Step): void {
    this.#step = step;
  }

  async #pass(to: string, asked: http.IncomingMessage, answer: http.ServerResponse): Promise<void> {
    const { method, headers, url = '/' } = asked;
    const body = await whole(asked);
    this.asked.push(url);
    const step = this.#step;
    const isIt =
      step !== null && step.path.test(url) && (step.body === undefined || step.body.test(body.toString('utf8')));
    if (isIt) this.#step = null;
    if (isIt && step.when === 'before') {
      await step.happens();
      answer.destroy();
      return;
    }
    const sent = http.request(new URL(url, to), { method, headers });
    sent.end(body);
    const [got] = (await once(sent, 'response')) as [http.IncomingMessage];
    const said = await whole(got);
    if (isIt) {
      await step.happens();
      answer.destroy();
      return;
    }
    answer.writeHead(got.statusCode ?? 502, got.headers);
    answer.end(said);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await once(this.#server.close(), 'close');
  }
}

async function whole(stream: http.IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer); // no encoding was set
  return Buffer.concat(parts);
}

/** A TLS server that answers exactly the bytes that a test wants, cut into the packets that the test wants. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import * as tls from 'node:tls';
import type { Peer } from '../../worker/net/tls.ts';
import { makeCertificate } from '../lab/certificate.ts';

export interface Asked {
  readonly path: string;
  readonly headers: ReadonlyMap<string, string>;
  /** From 1, over all connections. */
  readonly nth: number;
  /** From 1. */
  readonly connection: number;
}
export type Answer = (asked: Asked, socket: tls.TLSSocket) => void | Promise<void>;

export interface ScriptedServer extends AsyncDisposable {
  readonly peer: Peer;
  readonly requests: readonly Asked[];
  readonly connections: number;
  answer: Answer;
}

const certificate = await makeCertificate();

export async function scriptedServer(answer: Answer): Promise<ScriptedServer> {
  const sockets = new Set<tls.TLSSocket>();
  const requests: Asked[] = [];
  let connections = 0;
  const server = tls.createServer({ key: certificate.key, cert: certificate.pem }, (socket) => {
    const connection = ++connections;
    let text = '';
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {}); // clients break off as they like
    socket.on('data', (data) => {
      text += data.toString('latin1');
      for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
        const [first = '', ...lines] = text.slice(0, end).split('\r\n');
        text = text.slice(end + 4);
        const headers = new Map(
          lines.map((line) => [line.split(': ')[0]?.toLowerCase() ?? '', line.replace(/^[^:]*: /, '')]),
        );
        const asked = { path: first.split(' ')[1] ?? '', headers, nth: requests.length + 1, connection };
        requests.push(asked);
        void scripted.answer(asked, socket);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const scripted = {
    peer: {
      host: '127.0.0.1',
      port: (server.address() as AddressInfo).port, // a TCP server has one
      trust: { kind: 'pinned', sha256: certificate.sha256 },
      proxy: null,
    } satisfies Peer,
    requests,
    get connections() {
      return connections;
    },
    answer,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return scripted;
}

/** Bytes that tell where they are, so that a piece in the wrong place shows. */
export function pattern(length: number, start = 0): Buffer {
  const bytes = Buffer.alloc(length);
  for (let i = 0; i < length; i++) bytes[i] = ((start + i) * 2_654_435_761) >>> ((start + i) % 24);
  return bytes;
}

/** A body in chunks of the given lengths, the last length repeated. */
export function chunked(body: Buffer, lengths: readonly number[], trailer = ''): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0, i = 0; at < body.length; i++) {
    const length = Math.min(lengths[Math.min(i, lengths.length - 1)] ?? 1, body.length - at);
    const extension = i % 3 === 1 ? ';name="value"' : '';
    parts.push(
      Buffer.from(`${length.toString(16)}${extension}\r\n`),
      body.subarray(at, at + length),
      Buffer.from('\r\n'),
    );
    at += length;
  }
  return Buffer.concat([...parts, Buffer.from(`0\r\n${trailer}\r\n`)]);
}

/** Sends `bytes` in pieces that arrive as pieces: each waits until the one before has left. */
export async function send(
  socket: tls.TLSSocket,
  bytes: Buffer,
  pieceLengths: readonly number[] = [bytes.length],
): Promise<void> {
  socket.setNoDelay(true);
  for (let at = 0, i = 0; at < bytes.length && !socket.destroyed; i++) {
    const length = Math.max(1, pieceLengths[i % pieceLengths.length] ?? 1);
    const piece = bytes.subarray(at, at + length);
    at += length;
    await new Promise<void>((resolve) => socket.write(piece, () => resolve()));
  }
}

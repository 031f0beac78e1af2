/** Speaks to a server by the bytes, for what no client would send. */
import * as net from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly text: string;
  /** `api.bad-request` of a problem; empty where the answer is none. */
  readonly code: string;
}

/** Sends the pieces one after another, and reads until the server ends the connection. */
export async function rawAsk(url: string, ...pieces: readonly (string | Buffer)[]): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const socket = net.connect(Number(port), hostname);
  const received: Buffer[] = [];
  socket.on('data', (piece: Buffer) => received.push(piece));
  const ended = new Promise<void>((resolve) => {
    socket.on('close', () => resolve());
    socket.on('error', () => resolve()); // the server may end it before everything was taken
  });
  for (const piece of pieces) await new Promise<void>((resolve) => socket.write(piece, () => resolve()));
  await ended;
  const text = Buffer.concat(received).toString('latin1');
  return {
    status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0),
    code: /"code":"([a-z.-]+)"/.exec(text)?.[1] ?? '',
    text,
  };
}

/** A request that asks for the connection's end, with further lines for its head. */
export const head = (line: string, ...lines: readonly string[]): string =>
  [
    line,
    ...(lines.some((one) => /^host:/i.test(one)) ? [] : ['Host: localhost']),
    ...lines,
    'Connection: close',
    '',
    '',
  ].join('\r\n');

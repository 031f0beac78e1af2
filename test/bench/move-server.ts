/**
 * A server over TLS for the benchmark of moves: gives the files of a folder, whole or by ranges, and takes what is PUT
 * without looking at it. `/keep/NAME` keeps it in the folder, so that it can be compared.
 *
 *   node test/bench/move-server.ts DIR      prints {"port":…,"sha256":"…"} and serves until its input ends
 */
import { createReadStream, createWriteStream, statSync } from 'node:fs';
import * as https from 'node:https';
import type { AddressInfo } from 'node:net';
import * as path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { makeCertificate } from '../lab/certificate.ts';

const PIECE_BYTES = 1024 * 1024;
const dir = process.argv[2] ?? '.';
const { key, pem, sha256 } = await makeCertificate();

const server = https.createServer({ key, cert: pem, noDelay: true }, (request, response) => {
  void answer(request, response).catch((error: Error) => response.destroy(error));
});

async function answer(
  ...[request, response]: Parameters<Parameters<typeof https.createServer>[1] & object>
): Promise<void> {
  const file = path.join(dir, path.basename(request.url ?? ''));
  if (request.method === 'PUT') {
    if (request.url?.startsWith('/keep/') === true) await pipeline(request, createWriteStream(file));
    else for await (const piece of request) void piece;
    response.writeHead(204).end();
    return;
  }
  const { size } = statSync(file);
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
  if (from === undefined || to === undefined) {
    response.writeHead(200, { 'content-length': size });
    await pipeline(createReadStream(file, { highWaterMark: PIECE_BYTES }), response);
    return;
  }
  const length = Number(to) - Number(from) + 1;
  response.writeHead(206, { 'content-length': length, 'content-range': `bytes ${from}-${to}/${size}` });
  const part = createReadStream(file, { start: Number(from), end: Number(to), highWaterMark: PIECE_BYTES });
  await pipeline(part, response);
}

server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo; // of a TCP server
  process.stdout.write(`${JSON.stringify({ port, sha256 })}\n`);
});
process.stdin.resume().on('end', () => process.exit());

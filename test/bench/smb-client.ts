/** Reads one file of a host's share as a copy's batches do, and forgets it: what the benchmark of SMB measures. */
import '../../main/shared/shim.ts';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { SmbHost } from '../../worker/sources/hyperv/smb/host.ts';

const BATCH_BYTES = 4 * 1024 * 1024;
const BATCHES = 4;

const Wish = z.object({
  port: z.number(),
  /** With lines as smbclient wants them: `username=`, `password=`. */
  accountFile: z.string(),
  share: z.string(),
  path: z.string(),
  encrypt: z.enum(['whereDemanded', 'always']),
  dialects: z.array(z.enum(['2.1', '3.0', '3.0.2', '3.1.1'])).optional(),
  pieceBytes: z.number().optional(),
  inFlight: z.number().optional(),
});

const { port, accountFile, share, path, dialects, pieceBytes, inFlight, encrypt } = Wish.parse(
  JSON.parse(process.argv[2] ?? ''),
);
const lines = readFileSync(accountFile, 'utf8');
const field = (name: string): string => new RegExp(`^${name}=(.*)$`, 'm').exec(lines)?.[1] ?? '';
const { signal } = new AbortController();

async function main(): Promise<void> {
  await using host = await SmbHost.open(
    {
      host: '127.0.0.1',
      port,
      account: { user: field('username'), domain: '', password: field('password') },
      encrypt,
      ...(dialects === undefined ? {} : { dialects }),
      ...(pieceBytes === undefined ? {} : { pieceBytes }),
      ...(inFlight === undefined ? {} : { inFlight }),
    },
    signal,
  );
  await using file = await host.openFile(share, path, signal);
  let next = 0;
  const began = performance.now();
  const lane = async (): Promise<void> => {
    const memory = Buffer.from(new SharedArrayBuffer(BATCH_BYTES));
    while (next < file.sizeBytes) {
      const position = next;
      next += BATCH_BYTES;
      await file.read(memory.subarray(0, Math.min(BATCH_BYTES, file.sizeBytes - position)), position, signal);
    }
  };
  await Promise.all(Array.from({ length: BATCHES }, lane));
  const seconds = (performance.now() - began) / 1000;
  console.log(JSON.stringify({ ...host.terms, token: undefined, serverGuid: undefined, seconds }));
}

void main();

/** What the server does besides reading: it says what a file holds, and confirms what was agreed on ([MS-SMB2] 2.2.31, [MS-FSCC] 2.3). */
import type { OpenFile } from './files.ts';
import { HEAD_BYTES, partOf, type Request } from './message.ts';
import { capabilitiesOf, type Agreed } from './negotiate.ts';
import { SmbStatus, status } from './status.ts';

export const VALIDATE_NEGOTIATE = 0x0014_0204;
const QUERY_ALLOCATED_RANGES = 0x0009_40cf;

export interface Controlled {
  readonly status: number;
  readonly body: Buffer;
}

export const controlOf = ({ bytes }: Request): number => bytes.readUInt32LE(HEAD_BYTES + 4);

const inputOf = ({ bytes }: Request): Buffer =>
  partOf(bytes, bytes.readUInt32LE(HEAD_BYTES + 24), bytes.readUInt32LE(HEAD_BYTES + 28));

/** @throws SmbStatus where it is nothing that the server can */
export function controlReply(request: Request, open: OpenFile): Controlled {
  if (controlOf(request) !== QUERY_ALLOCATED_RANGES || open.content === null)
    throw new SmbStatus('INVALID_DEVICE_REQUEST');
  const input = inputOf(request);
  if (input.length < 16) throw new SmbStatus('INVALID_PARAMETER');
  const from = Number(input.readBigInt64LE(0));
  const to = from + Number(input.readBigInt64LE(8));
  const room = request.bytes.readUInt32LE(HEAD_BYTES + 44);
  const ranges = open.content.ranges
    .map(({ start, length }) => ({ from: Math.max(from, start), to: Math.min(to, start + length) }))
    .filter((range) => range.from < range.to);
  const fitting = ranges.slice(0, Math.floor(room / 16));
  const output = Buffer.alloc(fitting.length * 16);
  for (const [n, range] of fitting.entries()) {
    output.writeBigInt64LE(BigInt(range.from), n * 16);
    output.writeBigInt64LE(BigInt(range.to - range.from), n * 16 + 8);
  }
  const isWhole = fitting.length === ranges.length;
  return { status: isWhole ? status.SUCCESS : status.BUFFER_OVERFLOW, body: wrapped(request, output) };
}

/** Null where the client was told something else than it says now: whoever changed it stands between. */
export function validated(request: Request, agreed: Agreed, guid: Buffer): Buffer | null {
  const input = inputOf(request);
  const { client } = agreed;
  const dialects = Array.from({ length: input.readUInt16LE(22) }, (_, n) => input.readUInt16LE(24 + 2 * n));
  const isSame =
    input.readUInt32LE(0) === client.capabilities &&
    input.subarray(4, 20).equals(client.guid) &&
    input.readUInt16LE(20) === client.mode &&
    dialects.join() === client.dialects.join();
  if (!isSame) return null;
  const output = Buffer.alloc(24);
  output.writeUInt32LE(capabilitiesOf(agreed), 0);
  output.set(guid, 4);
  output.writeUInt16LE(3, 20);
  output.writeUInt16LE(agreed.dialect, 22);
  return wrapped(request, output);
}

function wrapped({ bytes }: Request, output: Buffer): Buffer {
  const body = Buffer.alloc(48);
  body.writeUInt16LE(49, 0);
  body.set(bytes.subarray(HEAD_BYTES + 4, HEAD_BYTES + 24), 4);
  body.writeUInt32LE(HEAD_BYTES + 48, 24);
  body.writeUInt32LE(HEAD_BYTES + 48, 32);
  body.writeUInt32LE(output.length, 36);
  return Buffer.concat([body, output]);
}

/** A file of the host, read through WinRM: slow and four thirds as long on the wire, so for headers alone. */
import type { ByteSource } from '../../../disk/bytes.ts';
import { TruncatedImageError } from '../../../disk/errors.ts';
import { PartAnswer } from '../answers.ts';
import { UnreadableDiskError } from '../errors.ts';
import type { HypervSession } from '../session.ts';

const PIECE_BYTES = 1024 * 1024;
/** Headers and tables of any disk fit into that; what a guest stored does not. */
const MOST_BYTES = 32 * 1024 * 1024;

/** @throws HypervCommandError where the host cannot open it */
export async function openWinrmFile(session: HypervSession, path: string, signal: AbortSignal): Promise<ByteSource> {
  const { size: sizeBytes } = await session.ask('part', { path, position: 0, length: 0 }, PartAnswer, signal);
  let left = MOST_BYTES;
  return {
    name: path,
    sizeBytes,
    async read(into, position, stop = signal) {
      if (position < 0 || position + into.byteLength > sizeBytes)
        throw new TruncatedImageError(
          `“${path}” has ${sizeBytes} bytes, and ${into.byteLength} at ${position} are needed.`,
        );
      left -= into.byteLength;
      if (left < 0)
        throw new UnreadableDiskError(
          `“${path}” is too long to be read through WinRM.`,
          'Have the host’s file shares (TCP port 445) opened for this machine, or mount the folder here and name it as a place of the source.',
        );
      for (let done = 0; done < into.byteLength; done += PIECE_BYTES) {
        const length = Math.min(PIECE_BYTES, into.byteLength - done);
        const args = { path, position: position + done, length };
        const { read, bytes } = await session.ask('part', args, PartAnswer, stop);
        const piece = Buffer.from(bytes, 'base64');
        if (read !== length || piece.length !== length)
          throw new TruncatedImageError(`“${path}” ends after ${position + done + read} bytes.`);
        into.set(piece, done);
      }
    },
    async [Symbol.asyncDispose]() {},
  };
}

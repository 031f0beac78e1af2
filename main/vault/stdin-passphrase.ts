/** The vault's passphrase from standard input, for a daemon at which nobody sits: its first line, read once. */
import { PassphraseInputError } from './errors.ts';
import type { AskPassphrase } from './sealed-file.ts';

/** Nobody types more, and a pipe that never ends a line must not take all memory. */
const MOST_BYTES = 64 * 1024;

/** Reads when it is first asked, and gives the same from then on. Standard input is let go of after the line. */
export function passphraseFromStdin(stdin: NodeJS.ReadStream = process.stdin): AskPassphrase {
  let line: Promise<string> | undefined;
  return async () => {
    if (stdin.isTTY) throw new PassphraseInputError('Standard input is a terminal, which would show the passphrase.');
    line ??= firstLine(stdin);
    return await line;
  };
}

async function firstLine(stdin: NodeJS.ReadStream): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  // Leaving the loop closes it: what would come after the line is nobody's.
  for await (const part of stdin) {
    const piece = Buffer.from(part as Uint8Array); // no encoding is set: bytes
    parts.push(piece);
    bytes += piece.length;
    if (piece.includes(10) || bytes > MOST_BYTES) break;
  }
  const text = Buffer.concat(parts).toString('utf8');
  const line = text.split(/\r?\n/, 1)[0] ?? '';
  if (line === '') throw new PassphraseInputError('No passphrase came from standard input.');
  if (line.length > MOST_BYTES)
    throw new PassphraseInputError('What came from standard input is no passphrase: it is too long.');
  return line;
}

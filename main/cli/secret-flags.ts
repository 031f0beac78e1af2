/** Where a command takes a password from: the terminal without echo, standard input, or a file; never its arguments. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { GutsError } from '../shared/errors.ts';
import { askSecret, canAsk } from './prompt.ts';
import { UsageError } from './usage-error.ts';

export interface SecretFlags {
  readonly passwordStdin?: boolean;
  readonly passwordFile?: string;
}

export function secretOptions(command: Command): Command {
  return command
    .option('--password-stdin', 'read the password (or token, or secret) from standard input')
    .option('--password-file <file>', 'read it from the first line of a file');
}

class PasswordFileError extends GutsError {
  readonly code = 'password.unreadable';
  readonly remedy = 'Write the password into that file, on one line, readable by you alone.';
}

/** @param question for the terminal, such as `Password of root: ` */
export async function secretFrom(flags: SecretFlags, question: string): Promise<string> {
  const { passwordStdin = false, passwordFile } = flags;
  if (passwordStdin && passwordFile !== undefined)
    throw new UsageError('Give --password-stdin or --password-file, not both.');
  if (passwordFile !== undefined)
    return firstLine(await fromFile(passwordFile), `The file “${passwordFile}” is empty.`);
  if (passwordStdin) return await lineFrom(process.stdin);
  if (!canAsk())
    throw new UsageError(
      'There is no terminal to ask for the password on: give it by --password-stdin or --password-file.',
    );
  for (;;) {
    const secret = await askSecret(question);
    if (secret !== '') return secret;
  }
}

async function fromFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code = 'unknown reason' } = error as NodeJS.ErrnoException;
    throw new PasswordFileError(`The file “${file}” with the password cannot be read (${code}).`, { cause: error });
  }
}

/** The first line of it, without its end. @throws PasswordFileError where it is empty */
export async function lineFrom(stdin: NodeJS.ReadableStream): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stdin) parts.push(Buffer.from(part as Uint8Array)); // no encoding is set: bytes
  return firstLine(Buffer.concat(parts).toString('utf8'), 'Nothing came from standard input.');
}

function firstLine(text: string, orElse: string): string {
  const line = text.split(/\r?\n/, 1)[0] ?? '';
  if (line === '') throw new PasswordFileError(orElse);
  return line;
}

/** Runs a command to its end. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const TIMEOUT_MS = 10 * 60_000;

/** @returns what it says @throws Error with what it complains of */
export async function run(...[command = '', ...args]: readonly string[]): Promise<string> {
  return (await execute(command, args, { timeout: TIMEOUT_MS })).stdout;
}

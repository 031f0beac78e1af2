/** What is checked after the move besides the conversion's own proofs: the source by its sum, the images by another's eyes. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { promisify } from 'node:util';
import type { ReportCheck } from '../../main/shared/report.ts';

const TIMEOUT_MS = 60_000;

/** Whether the file still has the SHA-256 that it had when it was written. */
export async function checkUnchanged(file: string, sha256: string, signal: AbortSignal): Promise<ReportCheck> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(file, { signal })) hash.update(piece as Buffer); // a stream without encoding gives buffers
  const now = hash.digest('hex');
  return {
    about: 'Source',
    claim: 'The source is as it was before.',
    evidence:
      now === sha256 ? `SHA-256 of the package before and after: ${now}` : `SHA-256 was ${sha256} and is ${now}.`,
    outcome: now === sha256 ? 'passed' : 'failed',
  };
}

/** What `qemu-img check` says of the images, where it is installed. */
export async function checkImages(
  files: readonly string[],
  signal: AbortSignal,
  command = 'qemu-img',
): Promise<ReportCheck> {
  const check = { about: 'Written images', claim: 'Another program finds the images sound.' };
  for (const file of files) {
    try {
      await promisify(execFile)(command, ['check', '-q', '-f', 'qcow2', file], { signal, timeout: TIMEOUT_MS });
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Error)) throw error;
      if ('code' in error && error.code === 'ENOENT')
        return { ...check, evidence: `${command} is not installed.`, outcome: 'not made' };
      return { ...check, evidence: error.message.slice(0, 500), outcome: 'failed' };
    }
  }
  return { ...check, evidence: `“${command} check” found no errors in ${files.length} files.`, outcome: 'passed' };
}

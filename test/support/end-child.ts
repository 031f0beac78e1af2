/** Ends a process that a story has started, and waits until it is gone. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** @returns its exit code; null where a signal ended it */
export async function endChild(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  const { exitCode, signalCode } = child;
  if (exitCode !== null || signalCode !== null) return exitCode;
  const ended = once(child, 'exit');
  child.kill(signal);
  const [code] = (await ended) as [number | null];
  return code;
}

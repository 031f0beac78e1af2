/** Names a process so that no later one with its number, and none on another computer, is taken for it. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';

export const ProcessMark = z.object({
  pid: z.number().int(),
  /** Numbers of processes are used again; their start is not. Opaque, and empty where the system does not tell. */
  processStart: z.string(),
  host: z.string(),
});
export type ProcessMark = z.infer<typeof ProcessMark>;

export const thisProcess = (): ProcessMark => ({
  pid: process.pid,
  processStart: startOf(process.pid),
  host: hostname(),
});

export const isHere = ({ host }: ProcessMark): boolean => host === hostname();

/** Of a process on another computer nothing is known: it counts as alive. */
export function isAlive(mark: ProcessMark): boolean {
  if (!isHere(mark)) return true;
  try {
    process.kill(mark.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false; // EPERM: it runs, as someone else
  }
  return mark.processStart === startOf(mark.pid);
}

/** `process 4711`, with its computer where that is another. */
export const nameOf = (mark: ProcessMark): string => `process ${mark.pid}${isHere(mark) ? '' : ` on ${mark.host}`}`;

/** Linux gives the start in clock ticks since boot as field 22 of /proc/PID/stat; the second field may hold blanks. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    return `${boot} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''}`;
  } catch {
    return '';
  }
}

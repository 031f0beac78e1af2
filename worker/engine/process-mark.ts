/** Tells whether the process that wrote a journal still runs, and is not another one that got its number. */
import { readFileSync } from 'node:fs';

export interface ProcessMark {
  readonly pid: number;
  /** Opaque; empty where the system does not tell. */
  readonly processStart: string;
}

export const thisProcess = (): ProcessMark => ({ pid: process.pid, processStart: startOf(process.pid) });

export const isAlive = ({ pid, processStart }: ProcessMark): boolean => isThere(pid) && processStart === startOf(pid);

/** A process of that number runs, be it another one than before. */
export function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // it runs, as someone else
  }
}

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

/** The process that converts for the hostile tests: one engine for thousands of jobs, so that what any of them leaves behind adds up. */
import { readdirSync, readlinkSync } from 'node:fs';
import { EngineClient } from '../../main/engine-client.ts';
import { toErrorInfo, type ErrorInfo } from '../../main/shared/errors.ts';
import type { ConvertJob, ConvertResult } from '../../main/shared/jobs.ts';

export type EngineAnswer = (
  | { readonly result: ConvertResult }
  /** `detail` is the stack, for the report of a fault in Guts. */
  | { readonly error: ErrorInfo; readonly detail: string }
) & {
  /** The highest that this process has ever had. */
  readonly memoryMiB: number;
  /** Images and journals that it holds open; threads and pipes do not count. */
  readonly openFiles: readonly string[];
};

function openFiles(): string[] {
  const targets = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return ''; // the one that lists the others
    }
  });
  return targets.filter(
    (target) => target.startsWith('/') && !target.startsWith('/dev/') && !target.startsWith('/proc/'),
  );
}

let detail = '';
const engine = new EngineClient((text) => {
  detail = text;
});
const never = new AbortController().signal;

async function outcome(job: ConvertJob): Promise<{ result: ConvertResult } | { error: ErrorInfo; detail: string }> {
  try {
    return { result: await engine.run(job, never) };
  } catch (error) {
    return { error: toErrorInfo(error), detail };
  }
}

process.on('message', (job: ConvertJob) => {
  void outcome(job).then((said) => {
    const memoryMiB = process.resourceUsage().maxRSS / 1024;
    const answer: EngineAnswer = { ...said, memoryMiB, openFiles: openFiles() };
    process.send?.(answer);
  });
});
process.once('disconnect', () => process.exit(0));

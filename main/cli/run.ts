/** Runs one job for a command: engine, progress, Ctrl-C, result. */
import type { Command } from 'commander';
import { EngineClient, type JobListener } from '../engine-client.ts';
import type { Job, JobResults, Progress } from '../shared/jobs.ts';
import { onInterrupt } from './interrupts.ts';
import { Terminal } from './terminal.ts';

/** Whether `--json` was given, before or after the command's name. */
export const wantsJson = (command: Command): boolean => command.optsWithGlobals<{ json?: boolean }>().json === true;

/** Runs the job and prints the result, or throws as `perform` does. */
export async function runJob<J extends Job>(
  command: Command,
  job: J,
  forPeople: (result: JobResults[J['kind']]) => string,
): Promise<void> {
  const terminal = new Terminal(wantsJson(command));
  const onResult = (result: JobResults[J['kind']]): void => terminal.result(result, () => forPeople(result));
  await perform(terminal, job, { onStage: (stage) => terminal.stage(stage), onResult });
}

/** The job's result, or a GutsError after everything was undone. The first Ctrl-C cancels in good order. */
export async function perform<J extends Job>(
  terminal: Terminal,
  job: J,
  listener: JobListener<J> = {},
): Promise<JobResults[J['kind']]> {
  const cancel = new AbortController();
  const stop = (): void => {
    terminal.note('Cancelling, and removing what was made …');
    cancel.abort();
  };
  using _heard = onInterrupt(stop);
  await using engine = new EngineClient(debug(terminal));
  try {
    const onProgress = (progress: Progress): void => terminal.progress(progress);
    return await engine.run(job, cancel.signal, { onProgress, ...listener });
  } finally {
    terminal.clear();
  }
}

/** Stacks are for whoever mends Guts, not for its operators. */
export function debug(terminal: Terminal): (detail: string) => void {
  return process.env['GUTS_DEBUG'] === '1' ? (detail) => terminal.note(detail) : () => {};
}

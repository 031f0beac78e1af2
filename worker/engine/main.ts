/** Entry of the engine's thread: takes requests, runs jobs side by side, tells stages, progress and results. */
import '../../main/shared/shim.ts';
import './lane/idle.ts'; // starts lanes while the rest of this list loads
import { parentPort } from 'node:worker_threads';
import { GutsError, toErrorInfo } from '../../main/shared/errors.ts';
import type { Job, JobResults } from '../../main/shared/jobs.ts';
import { demo } from '../demo/demo.ts';
import { convert } from './convert.ts';
import { digestSource } from './digest.ts';
import { inspect } from './inspect.ts';
import { removeJournal } from './journal.ts';
import type { JobContext } from './job-context.ts';
import { EngineRequest, type EngineEvent } from './protocol.ts';

class CancelledError extends GutsError {
  readonly code = 'job.cancelled';
  readonly remedy = 'Nothing to do: what had been made is removed. Start again when you want it.';
}

const port = parentPort;
if (port === null) throw new Error('The engine runs as a worker thread.');
const startedMs = performance.now();
const running = new Map<number, AbortController>();
let jobsDone = 0;
let bytesWritten = 0;
const tell = (event: EngineEvent): void => port.postMessage(event);

port.on('message', (message: unknown) => {
  const request = EngineRequest.parse(message); // a host that sends anything else is a fault, and ends the engine loudly
  switch (request.kind) {
    case 'status': {
      const upSeconds = (performance.now() - startedMs) / 1000;
      const memoryBytes = process.memoryUsage.rss();
      tell({
        id: request.id,
        kind: 'status',
        upSeconds,
        jobsRunning: running.size,
        jobsDone,
        bytesWritten,
        memoryBytes,
      });
      return;
    }
    case 'cancel':
      running.get(request.id)?.abort(new CancelledError('The job was cancelled.'));
      return;
    case 'run':
      void run(request.id, request.job);
  }
});

async function run(id: number, job: Job): Promise<void> {
  const cancel = new AbortController();
  running.set(id, cancel);
  const kept: string[] = [];
  const context: JobContext = {
    signal: cancel.signal,
    tellStage: (stage) => tell({ id, kind: 'stage', stage }),
    tellProgress: (progress) => tell({ id, kind: 'progress', progress }),
    onWritten: (bytes) => {
      bytesWritten += bytes;
    },
    keepUntilTold: (file) => kept.push(file),
  };
  try {
    const result = await resultOf(job, context);
    jobsDone++;
    tell({ id, kind: 'done', result, kept });
  } catch (error) {
    for (const file of kept) await removeJournal(file); // of a part of the job; the job itself was undone
    tell({ id, kind: 'failed', error: toErrorInfo(error), detail: detailOf(error) });
  } finally {
    running.delete(id);
  }
}

async function resultOf(job: Job, context: JobContext): Promise<JobResults[Job['kind']]> {
  switch (job.kind) {
    case 'convert':
      return await convert(job, context);
    case 'inspect':
      return await inspect(job, context.signal);
    case 'digest':
      return await digestSource(job, context.tellProgress, context.signal);
    case 'demo':
      return await demo(job, context);
  }
}

function detailOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by ${detailOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}

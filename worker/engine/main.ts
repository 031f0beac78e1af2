/** Entry of the engine's thread: takes requests, runs jobs side by side, tells stages, progress and results. */
import '../../main/shared/shim.ts';
import { endIdleLanes } from './lane/idle.ts'; // first: it starts lanes while the rest of this list loads
import { setMaxListeners } from 'node:events';
import { parentPort } from 'node:worker_threads';
import { GutsError, toErrorInfo } from '../../main/shared/errors.ts';
import { inventoryLines } from '../../main/shared/inventory-lines.ts';
import { DiskJob, isDiskKind, type Job, type JobResults } from '../../main/shared/jobs.ts';
import { convert } from './convert.ts';
import { digestSource } from './digest.ts';
import { inspect } from './inspect.ts';
import { removeJournal } from './journal-file.ts';
import type { JobContext } from './job-context.ts';
import { EngineRequest, type EngineEvent } from './protocol.ts';

type RunRequest = Extract<EngineRequest, { kind: 'run' }>;

class CancelledError extends GutsError {
  readonly code = 'job.cancelled';
  readonly remedy = 'Nothing to do: what had been made is removed. Start again when you want it.';
}

const port = parentPort;
if (port === null) throw new Error('The engine runs as a worker thread.');
// One signal stops everything that a job has under way, and that may be dozens of requests.
setMaxListeners(200);
interface Running {
  readonly cancel: AbortController;
  readonly fence: AbortController;
  /** Questions to the journals' keeper, by their numbers. */
  readonly asked: Map<number, (goodForMs: number | null) => void>;
  readonly ended: Promise<void>;
}
const running = new Map<number, Running>();
let rates: SharedArrayBuffer | null = null;
const tell = (event: EngineEvent): void => port.postMessage(event);
const leave = (): void => port.close();

port.on('message', (message: unknown) => {
  const request = EngineRequest.parse(message); // a host that sends anything else is a fault, and ends the engine loudly
  switch (request.kind) {
    case 'cancel':
      running.get(request.id)?.cancel.abort(new CancelledError('The job was cancelled.'));
      return;
    case 'fence':
      running.get(request.id)?.fence.abort();
      return;
    case 'answered':
      running.get(request.id)?.asked.get(request.number)?.(request.goodForMs);
      return;
    case 'rates':
      rates = request.table;
      return;
    case 'run':
      running.set(request.id, begin(request.id, request.job));
      return;
    case 'end':
      void end();
  }
});

function begin(id: number, job: RunRequest['job']): Running {
  const controls = { cancel: new AbortController(), fence: new AbortController(), asked: new Map() };
  return { ...controls, ended: run(id, job, controls) };
}

async function end(): Promise<void> {
  for (const { cancel } of running.values()) cancel.abort(new CancelledError('The engine ends.'));
  await Promise.all([...running.values()].map(({ ended }) => ended));
  await endIdleLanes();
  leave(); // nothing else keeps the thread
}

async function run(
  id: number,
  job: RunRequest['job'],
  { cancel, fence, asked }: Omit<Running, 'ended'>,
): Promise<void> {
  let lastNumber = 0;
  const kept: string[] = [];
  const context: JobContext = {
    signal: cancel.signal,
    rates,
    tellStage: (stage) => tell({ id, kind: 'stage', stage }),
    tellProgress: (progress) => tell({ id, kind: 'progress', progress }),
    tellPage: (page) => tell({ id, kind: 'page', page: inventoryLines(page) }),
    tellStep: (step) => tell({ id, kind: 'step', step }),
    tellLatency: (latencies) => tell({ id, kind: 'latency', latencies: [...latencies] }),
    askTruth: async (entry) => {
      const number = ++lastNumber;
      try {
        return await new Promise((resolve) => {
          asked.set(number, resolve);
          tell({ id, kind: 'asked', number, entry });
        });
      } finally {
        asked.delete(number);
      }
    },
    fenced: fence.signal,
    keepUntilTold: (file) => kept.push(file),
  };
  try {
    const result = await resultOf(job, context);
    tell({ id, kind: 'done', result, kept });
  } catch (error) {
    for (const file of kept) await removeJournal(file); // of a part of the job; the job itself was undone
    tell({ id, kind: 'failed', error: toErrorInfo(error), detail: detailOf(error) });
  } finally {
    running.delete(id);
  }
}

async function resultOf(request: RunRequest['job'], context: JobContext): Promise<JobResults[Job['kind']]> {
  if (request.kind === 'assess') {
    const { assess } = await import('../assessment/assess-job.ts');
    return await assess(request, context);
  }
  if (request.kind === 'readList') {
    const { readList } = await import('../lists/read-list.ts');
    return await readList(request, context);
  }
  if (!isDiskKind(request.kind)) {
    const { serverJob } = await import('../move/server-job.ts');
    return await serverJob(request, context);
  }
  const job = DiskJob.parse(request);
  switch (job.kind) {
    case 'convert':
      return await convert(job, context);
    case 'inspect':
      return await inspect(job, context.signal);
    case 'digest':
      return await digestSource(job, context.tellProgress, context.signal);
  }
}

function detailOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by ${detailOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}

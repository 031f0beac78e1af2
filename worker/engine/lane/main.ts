/** Entry of a lane thread: does one job after the other, in the order in which they come. */
import '../../../main/shared/shim.ts';
import { parentPort, workerData } from 'node:worker_threads';
import { toErrorInfo } from '../../../main/shared/errors.ts';
import type { LaneAnswer, LaneMemory, LaneRequest } from './protocol.ts';
import { LaneWork } from './work.ts';

const port = parentPort;
if (port === null) throw new Error('A lane runs as a worker thread of the engine.');
const work = new LaneWork(workerData as LaneMemory); // pool.ts starts lanes with nothing else

port.on('message', ({ id, job }: LaneRequest) => {
  let answer: LaneAnswer;
  try {
    answer = { id, reply: work.do(job) };
  } catch (error) {
    answer = {
      id,
      error: toErrorInfo(error),
      detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
    };
  }
  port.postMessage(answer);
});

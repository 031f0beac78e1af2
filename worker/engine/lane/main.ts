/** Entry of a lane thread: does one job after the other, in the order in which they come. */
import '../../../main/shared/shim.ts';
import { parentPort } from 'node:worker_threads';
import { toErrorInfo } from '../../../main/shared/errors.ts';
import type { LaneAnswer, LaneRequest } from './protocol.ts';
import { LaneWork } from './work.ts';

const port = parentPort;
if (port === null) throw new Error('A lane runs as a worker thread of the engine.');
const work = new LaneWork();

port.on('message', (request: LaneRequest) => {
  if ('memory' in request) {
    work.use(request.memory);
    return;
  }
  if ('isEnd' in request) {
    port.close(); // nothing else keeps the thread
    return;
  }
  const { id, job } = request;
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

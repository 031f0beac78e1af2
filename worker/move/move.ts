/** Everything the engine does between a source and a destination; loaded when the first such job comes. */
import type { Job, JobResults } from '../../main/shared/jobs.ts';
import type { MoveJob } from '../../main/shared/move-jobs.ts';
import type { JobContext } from '../engine/job-context.ts';
import { certificateOf } from '../net/tls.ts';

/** @throws GutsError */
export async function move(job: MoveJob, context: JobContext): Promise<JobResults[Job['kind']]> {
  switch (job.kind) {
    case 'certificate': {
      const { hostname, port } = new URL(job.url);
      return await certificateOf(
        { host: hostname, port: Number(port === '' ? 443 : port), proxy: job.proxy },
        context.signal,
      );
    }
    default:
      throw new Error(`There is no “${job.kind}” yet.`);
  }
}

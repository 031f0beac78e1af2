/** The jobs that speak to servers; loaded when the first one comes, so that disks alone start without it. */
import type { Job, JobResults } from '../../main/shared/jobs.ts';
import { ServerJob } from '../../main/shared/server-jobs.ts';
import type { JobContext } from '../engine/job-context.ts';
import { move } from './move.ts';

/** @throws GutsError */
export async function serverJob(request: unknown, context: JobContext): Promise<JobResults[Job['kind']]> {
  const job = ServerJob.parse(request);
  if (job.kind !== 'demo') return await move(job, context);
  const { demo } = await import('../demo/demo.ts'); // brings a vCenter and a cloud
  return await demo(job, context);
}

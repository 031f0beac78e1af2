/** Tells how long reads from a source's datastores take, for as long as somebody wants to know. */
import { setTimeout as pause } from 'node:timers/promises';
import type { SourceLatencyJob, SourceLatencyResult } from '../../main/shared/move-jobs.ts';
import type { JobContext } from '../engine/job-context.ts';
import { openSource } from './sides.ts';

/** @throws what signing in and asking throw; to be cancelled is its usual end, and no failure */
export async function watchLatency(
  job: SourceLatencyJob,
  { signal, tellLatency }: JobContext,
): Promise<SourceLatencyResult> {
  try {
    await using source = await openSource(job, signal);
    for (;;) {
      const { latencies, obstacle } = await source.readLatency(job.places, signal);
      if (obstacle !== null) return { obstacle };
      tellLatency(latencies);
      await pause(job.everyMs, undefined, { signal });
    }
  } catch (error) {
    if (signal.aborted) return { obstacle: null };
    throw error;
  }
}

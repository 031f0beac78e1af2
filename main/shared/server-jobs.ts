/** The jobs that speak to servers, real or simulated, and the shapes of their results. */
import { z } from 'zod';
import { DemoJob, DemoResult } from './demo.ts';
import { moveJobs, moveResults } from './move-jobs.ts';

export const ServerJob = z.discriminatedUnion('kind', [DemoJob, ...moveJobs]);
export type ServerJob = z.infer<typeof ServerJob>;
export const serverResults = { demo: DemoResult, ...moveResults };

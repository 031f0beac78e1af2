/** What can be asked about the way from where Guts runs to both sides. */
import { z } from 'zod';
import { DoctorPapers, DoctorReport } from '../doctor.ts';
import { operation, type Operation, which } from './operation.ts';

export const doctorOperations = {
  'doctor.run': operation({
    method: 'POST',
    path: '/v1/doctor',
    input: z.object({
      source: which.optional(),
      vm: which.optional().describe('a name, a ref or a UUID; without it a suitable machine is picked'),
      destination: which.optional(),
      withSnapshot: z
        .boolean()
        .default(false)
        .describe('consent: a machine that runs gets a snapshot, which is removed again'),
      writeTest: z.boolean().default(false).describe('consent: an image of 64 MiB is uploaded, and removed again'),
      run: z
        .string()
        .min(1)
        .max(64)
        .optional()
        .describe('any word: events “doctor.step” with it tell each step as it is done'),
    }),
    output: DoctorReport,
    role: 'operator',
    summary:
      'Look at the way of a move step by step: names, ports, certificates, clocks, rights, some of a real disk by each way of reading',
  }),
  'doctor.papers': operation({
    method: 'POST',
    path: '/v1/doctor-papers',
    input: z.object({
      sources: z.array(which).max(100).optional().describe('all of them without it'),
      destinations: z.array(which).max(100).optional().describe('all of them without it'),
    }),
    output: DoctorPapers,
    role: 'operator',
    isLook: true,
    summary:
      'Files for those who own the vCenter, the Hyper-V hosts and the firewall: the role with the least privileges, the rights, the ways to be opened',
  }),
} satisfies Readonly<Record<string, Operation>>;

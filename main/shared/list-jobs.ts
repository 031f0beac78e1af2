/** What the engine can be asked about lists of machines in files, and what it answers; loaded with the first such job. */
import { z } from 'zod';
import { MachineList } from './lists/vm-list.ts';

export const ReadListJob = z.object({
  kind: z.literal('readList'),
  /** Absolute path of a workbook (.xlsx), or of a text as CSV, TSV or names line by line. */
  file: z.string().min(1),
});
export type ReadListJob = z.infer<typeof ReadListJob>;

export const listResults = { readList: MachineList };

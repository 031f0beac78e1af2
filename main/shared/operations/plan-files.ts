/** What can be asked about plans as files, and about lists of machines for them. */
import { z } from 'zod';
import { FileProblem } from '../file-problems.ts';
import { MachineList } from '../lists/vm-list.ts';
import { MigrationOptions } from '../migration.ts';
import { PlanDocument } from '../plan-document.ts';
import { WaveNumber } from '../plans.ts';
import { UploadId } from '../uploads.ts';
import { operation, type Operation, which, none } from './operation.ts';

const text = z.string().max(16 * 1024 ** 2);
const sent = UploadId.describe(
  'a file that was sent to /v1/files: a workbook (.xlsx), whose first sheet counts, or a text',
);
const said = {
  line: z.number().int().positive().describe('of the text, or the row of the sheet'),
  said: z.string().describe('the name, ref or UUID of that line'),
};
const machine = z.object({ ref: z.string(), name: z.string() });

export const planFileOperations = {
  'plans.export': operation({
    method: 'GET',
    path: '/v1/plans/{plan}/file',
    input: z.object({ plan: which, format: z.enum(['yaml', 'json']).default('yaml') }),
    output: z.object({
      fileName: z.string(),
      text: z.string(),
      leavesOutUserData: z.boolean().describe('user data may hold passwords, and stays where it is'),
    }),
    role: 'viewer',
    summary: 'A plan as a file, to be kept, changed by hand and brought elsewhere; it holds no secrets',
  }),
  'plans.readFile': operation({
    method: 'POST',
    path: '/v1/plan-files',
    input: z.object({
      text: text.describe('of a plan file, in YAML or JSON; it is not kept'),
      source: which.optional().describe('look for its machines there, and name each by its ref'),
    }),
    output: z.object({
      plan: PlanDocument.nullable().describe('null where something is wrong with the file'),
      problems: z.array(FileProblem).describe('each with its place; the first hundred'),
    }),
    role: 'operator',
    isLook: true,
    summary: 'What a plan file says, or what is wrong with it, by line, column and field; it is not written down',
  }),
  'plans.schema': operation({
    method: 'GET',
    path: '/v1/plan-schema',
    input: none,
    output: z.record(z.string(), z.unknown()),
    role: 'viewer',
    summary: 'The JSON Schema of plan files, for editors',
  }),
  'plans.matchList': operation({
    method: 'POST',
    path: '/v1/plan-lists',
    input: z.object({
      source: which,
      text: text.optional().describe('names, UUIDs or refs line by line, or a table with titles as RVTools writes it'),
      file: sent.optional(),
    }),
    output: z.object({
      sheet: MachineList.shape.sheet,
      found: z.array(
        z.object({
          ...said,
          vm: machine,
          wave: WaveNumber.nullable().describe('null where the list says none'),
          options: MigrationOptions.partial(),
        }),
      ),
      unmatched: z.array(z.object(said)),
      ambiguous: z.array(
        z.object({
          ...said,
          candidates: z.array(machine.extend({ where: z.string().describe('what tells them apart') })),
        }),
      ),
      wrong: z.array(z.object({ ...said, says: z.string() })),
    }),
    role: 'operator',
    isLook: true,
    summary: 'Which machines a list means; nothing is guessed, and nothing is written down',
  }),
  'plans.readList': operation({
    method: 'POST',
    path: '/v1/plan-list-files',
    input: z.object({ file: sent }),
    output: MachineList,
    role: 'operator',
    isLook: true,
    summary: 'What a list in a file says of each machine; it is held against no source',
  }),
} satisfies Readonly<Record<string, Operation>>;

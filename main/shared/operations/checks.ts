/** What can be asked about the rules that stand before a migration. */
import { z } from 'zod';
import { ErrorShape } from '../errors-shape.ts';
import { FixResult } from '../move-jobs.ts';
import { Finding, RuleFacts, Severity } from '../preflight.ts';
import { wish } from './migrations.ts';
import { none, operation, type Operation } from './operation.ts';

export const checkOperations = {
  'rules.list': operation({
    method: 'GET',
    path: '/v1/preflight/rules',
    input: none,
    output: z.object({
      rules: z.array(
        RuleFacts.extend({
          isOfSite: z.boolean(),
          here: Severity.describe('as it weighs at this site'),
          off: z.string().nullable().describe('why this site leaves it out; null where it does not'),
        }),
      ),
      problem: ErrorShape.nullable().describe(
        'why the site’s own file cannot be used; nothing is checked until it can',
      ),
    }),
    role: 'viewer',
    summary: 'The rules that a move is held against, as this site weighs them',
  }),
  'checks.fix': operation({
    method: 'POST',
    path: '/v1/checks/fix',
    input: z.object({
      ...wish,
      finding: Finding.shape.id,
      isDry: z.boolean().default(false).describe('only tell which calls would be made'),
      alsoUnknown: z
        .boolean()
        .default(false)
        .describe('also ports that no migration of this machine made: another may be at work on them'),
    }),
    output: FixResult,
    role: 'operator',
    summary:
      'Do what Guts can do about a finding, if it is still there: at the source or in the cloud; options are only told',
  }),
} satisfies Readonly<Record<string, Operation>>;

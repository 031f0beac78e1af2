/** What can be asked about what Guts has written down of itself, and about the Guts that has. */
import { z } from 'zod';
import { LogLevel, LogLine } from '../log-line.ts';
import { MigrationId } from '../migration.ts';
import { operation, type Operation, none } from './operation.ts';

const BundleFacts = z.object({
  parts: z.array(
    z.object({
      name: z.string(),
      what: z.string(),
      bytes: z.number().int().nonnegative(),
      /** Its first lines, as they would be in it. */
      head: z.string(),
    }),
  ),
  /** How many secrets were looked for in all of it; each is replaced wherever it may stand. */
  secretsLookedFor: z.number().int().nonnegative(),
  /** Connections whose secrets could not be looked for, and why. */
  notLookedFor: z.array(z.object({ name: z.string(), why: z.string() })),
  /** Journals of older migrations that are not in it. */
  leftOut: z.number().int().nonnegative(),
});

export const logOperations = {
  'about.show': operation({
    method: 'GET',
    path: '/v1/about',
    input: none,
    output: z.object({
      version: z.string(),
      node: z.string(),
      platform: z.string(),
      dataDir: z.string(),
      process: z.number().int().positive(),
      startedAt: z.iso.datetime(),
    }),
    role: 'admin',
    summary: 'Which program answers, and where it keeps its files',
  }),
  'logs.list': operation({
    method: 'GET',
    path: '/v1/logs',
    input: z.object({
      level: LogLevel.default('info').describe('this and what is worse'),
      text: z.string().min(1).max(200).optional().describe('anywhere in the line, whatever the case'),
      migration: MigrationId.optional().describe('only lines that name it'),
      limit: z.number().int().min(1).max(2000).default(300),
    }),
    output: z.object({
      /** Oldest first. */
      lines: z.array(LogLine),
      /** Whether older ones are left out. */
      isCut: z.boolean(),
    }),
    role: 'admin',
    summary: 'The last lines of the log that fit, without secrets',
  }),
  'logs.preview': operation({
    method: 'GET',
    path: '/v1/logs/bundle',
    input: none,
    output: BundleFacts,
    role: 'admin',
    summary: 'What a bundle for whoever mends Guts would have in it',
  }),
  'logs.bundle': operation({
    method: 'POST',
    path: '/v1/logs/bundle',
    input: none,
    output: z.object({
      name: z.string().describe('a name for the file'),
      archive: z.base64().describe('a .tar.gz'),
      ...BundleFacts.omit({ parts: true }).shape,
    }),
    role: 'admin',
    summary: 'Versions, logs, journals and settings in one archive, without secrets',
  }),
} satisfies Readonly<Record<string, Operation>>;

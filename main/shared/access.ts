/** The words for who may do what: roles, tokens, the policy file, the audit log. */
import { z } from 'zod';
import { DestinationId } from './connections.ts';
import { TimeWindow } from './schedule.ts';

/** Each may what those before it may: looking, moving machines, and setting up Guts itself. */
export const Role = z.enum(['viewer', 'operator', 'admin']);
export type Role = z.infer<typeof Role>;

export const TokenId = z
  .string()
  .regex(/^tok_[0-9a-z]{12}$/)
  .brand<'TokenId'>();
export type TokenId = z.infer<typeof TokenId>;

/** A token as it can be told; the token itself is shown once, when it is made. */
export const TokenFacts = z.object({
  id: TokenId,
  name: z.string().min(1).max(63),
  role: Role,
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().nullable(),
});
export type TokenFacts = z.infer<typeof TokenFacts>;

/** Who asks. */
export const Caller = z.object({
  /** `local`, `token NAME` or `keystone USER@DOMAIN (PROJECT)`; the operating system's user where no server is asked. */
  name: z.string(),
  role: Role,
  /** Id of the Keystone project; null for those who did not sign in by Keystone. */
  project: z.string().nullable(),
});
export type Caller = z.infer<typeof Caller>;

/** `policy.json` in the data folder; an administrator writes it by hand. */
export const Policy = z.strictObject({
  schemaVersion: z.literal(1),
  /** Who may come in with a token of a destination's Keystone; null for nobody. */
  keystone: z
    .strictObject({
      destination: z.union([DestinationId, z.string().min(1)]),
      /** Names of Keystone's roles, and what each may here. */
      roles: z.record(z.string(), Role),
      /** Ids or names of projects whose users may come in; empty is any. */
      projects: z.array(z.string()).default([]),
      cacheSeconds: z.number().int().min(0).max(300).default(30),
    })
    .nullable()
    .default(null),
  rules: z
    .strictObject({
      /** Migrations start, are resumed, retried and cut over only while this is open, unless an admin does it. */
      actOnlyIn: TimeWindow.nullable().default(null),
      /** At most so many migrations of one caller that are not over; null is no limit. */
      mostAtOnce: z.number().int().min(1).nullable().default(null),
      /** Names or ids of destinations that operators may move to; empty is any. */
      destinations: z.array(z.string()).default([]),
    })
    .prefault({}),
});
export type Policy = z.infer<typeof Policy>;

/** One line of the audit log: everything that changes something leaves one, also when it was refused. */
export const AuditEntry = z.object({
  number: z.number().int().positive(),
  at: z.iso.datetime(),
  who: z.string(),
  /** Name of the operation, such as `migrations.create`. */
  what: z.string(),
  /** What it was about: ids and names, never secrets. */
  about: z.record(z.string(), z.string()),
  /** `done`, or the code of the error. */
  result: z.string(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

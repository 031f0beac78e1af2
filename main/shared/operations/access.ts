/** What can be asked about who may do what, and who did. */
import { z } from 'zod';
import { AuditEntry, Role, TokenFacts, TokenId } from '../access.ts';
import { operation, type Operation, pattern, none, deleted, next, page } from './operation.ts';

export const accessOperations = {
  'tokens.list': operation({
    method: 'GET',
    path: '/v1/tokens',
    input: none,
    output: z.object({ tokens: z.array(TokenFacts) }),
    role: 'admin',
    summary: 'The tokens, without themselves',
  }),
  'tokens.create': operation({
    method: 'POST',
    path: '/v1/tokens',
    input: z.object({
      name: TokenFacts.shape.name,
      role: Role,
      expiresAt: z.iso.datetime().nullable().default(null),
    }),
    output: TokenFacts.extend({ token: z.string() }),
    role: 'admin',
    status: 201,
    summary: 'Make a token; it is told this once',
  }),
  'tokens.delete': operation({
    method: 'DELETE',
    path: '/v1/tokens/{token}',
    input: z.object({ token: TokenId }),
    output: deleted,
    role: 'admin',
    summary: 'Revoke a token',
  }),
  'audit.list': operation({
    method: 'GET',
    path: '/v1/audit',
    input: z.object({ who: pattern.optional(), what: pattern.optional(), ...page }),
    output: z.object({ entries: z.array(AuditEntry), next }),
    role: 'admin',
    summary: 'Who changed what and when, newest first',
  }),
} satisfies Readonly<Record<string, Operation>>;

/** What can be asked about the vCenters and hosts that machines come from. */
import { z } from 'zod';
import {
  ConnectionName,
  defaultDiskAccess,
  DiskAccess,
  HypervConnection,
  SourceConnection,
  SourceKind,
} from '../connections.ts';
import { Diagnosis } from '../diagnosis.ts';
import { SourceInventoryResult, SourceTestResult } from '../move-jobs.ts';
import { Trust } from '../trust.ts';
import { KeptIn, VaultStatus } from '../vault.ts';
import { operation, type Operation, which, none, deleted, secret, isWithoutUser, noUser } from './operation.ts';

const source = z.object({ source: which });

const SourceView = z.object({
  source: SourceConnection,
  secret: KeptIn.nullable(),
  vault: VaultStatus,
  inventory: z.object({ takenAt: z.iso.datetime() }).nullable(),
});

const UrlAlone = z.object({ url: z.string() });

/** What is only of one kind of source is passed over for the other. */
const NewSource = z
  .object({
    name: ConnectionName,
    kind: SourceKind.default('vsphere'),
    url: HypervConnection.shape.url
      .refine(isWithoutUser, noUser)

      .describe('of Hyper-V, WinRM’s: port 5986 with TLS, port 5985 without'),
    userName: HypervConnection.shape.userName,
    trust: Trust.default({ kind: 'system' }),
    proxy: HypervConnection.shape.proxy.refine(isWithoutUser, noUser).default(null),
    signInBy: HypervConnection.shape.signInBy.default('ntlm').describe('Hyper-V only'),
    disks: DiskAccess.default(defaultDiskAccess).describe('Hyper-V only'),
    secret,
    test: z.boolean().default(true).describe('sign in once before it is kept'),
  })
  // Also where other fields are wrong: whoever sends it shall hear of everything at once.
  .refine(({ kind, url, signInBy }) => !url.startsWith('http:') || (kind === 'hyperv' && signInBy !== 'basic'), {
    path: ['url'],
    error: 'vSphere, and Hyper-V with Basic, are reached by https alone',
    when: ({ value }) => UrlAlone.safeParse(value).success,
  });

export const sourceOperations = {
  'sources.list': operation({
    method: 'GET',
    path: '/v1/sources',
    input: none,
    output: z.object({ sources: z.array(SourceConnection) }),
    role: 'viewer',
    summary: 'The vCenters and hosts that machines come from',
  }),
  'sources.create': operation({
    method: 'POST',
    path: '/v1/sources',
    input: NewSource,
    output: z.object({ source: SourceConnection, secret: KeptIn, test: SourceTestResult.nullable() }),
    role: 'admin',
    status: 201,
    summary: 'Set up a source',
  }),
  'sources.show': operation({
    method: 'GET',
    path: '/v1/sources/{source}',
    input: source,
    output: SourceView,
    role: 'viewer',
    summary: 'One source, and where its password is kept',
  }),
  'sources.delete': operation({
    method: 'DELETE',
    path: '/v1/sources/{source}',
    input: source,
    output: deleted,
    role: 'admin',
    summary: 'Forget a source, its password and its inventory',
  }),
  'sources.test': operation({
    method: 'POST',
    path: '/v1/sources/{source}/test',
    input: source,
    output: SourceTestResult,
    role: 'operator',
    summary: 'Sign in, and tell what is there and what the user may not do',
  }),
  'sources.diagnose': operation({
    method: 'POST',
    path: '/v1/sources/{source}/diagnose',
    input: source,
    output: Diagnosis,
    role: 'operator',
    summary: 'Look at a Hyper-V host step by step, and tell all that was seen, without secrets and names',
  }),
  'sources.refresh': operation({
    method: 'POST',
    path: '/v1/sources/{source}/refresh',
    input: source,
    output: SourceInventoryResult,
    role: 'operator',
    summary: 'Read the inventory of a source anew',
  }),
  'sources.trust': operation({
    method: 'PUT',
    path: '/v1/sources/{source}/trust',
    input: source.extend({ trust: Trust }),
    output: z.object({ source: SourceConnection }),
    role: 'admin',
    summary: 'Trust another certificate of a source',
  }),
  'sources.secret': operation({
    method: 'PUT',
    path: '/v1/sources/{source}/secret',
    input: source.extend({ secret, keep: z.boolean().default(true).describe('false: in memory only') }),
    output: z.object({ secret: KeptIn }),
    role: 'operator',
    summary: 'Give the password of a source',
  }),
} satisfies Readonly<Record<string, Operation>>;

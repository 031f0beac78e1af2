/** What can be asked about the OpenStack projects that machines go to, and about the certificates of servers. */
import { z } from 'zod';
import { CloudFacts } from '../cloud.ts';
import { DestinationConnection, KeystoneAuth } from '../connections.ts';
import { DestinationTestResult } from '../move-jobs.ts';
import { CertificateFacts, Trust } from '../trust.ts';
import { KeptIn, VaultStatus } from '../vault.ts';
import { operation, type Operation, which, none, deleted, secret, isWithoutUser, noUser } from './operation.ts';

const destination = z.object({ destination: which });

const DestinationView = z.object({
  destination: DestinationConnection,
  secret: KeptIn.nullable(),
  vault: VaultStatus,
});

/** What a clouds.yaml or openrc file says of one cloud; what it leaves open is null. */
const CloudFileAccess = z.object({
  authUrl: z.string(),
  auth: KeystoneAuth,
  region: z.string().nullable(),
  interface: DestinationConnection.shape.interface,
  /** Where the file says that the certificates of its authorities are; not read. */
  authorityFile: z.string().nullable(),
  /** As it stands in the file; whoever sent that has it already. */
  secret: z.string().nullable(),
});

export const destinationOperations = {
  'destinations.list': operation({
    method: 'GET',
    path: '/v1/destinations',
    input: none,
    output: z.object({ destinations: z.array(DestinationConnection) }),
    role: 'viewer',
    summary: 'The OpenStack projects that machines go to',
  }),
  'destinations.create': operation({
    method: 'POST',
    path: '/v1/destinations',
    input: z.object({
      name: DestinationConnection.shape.name,
      kind: DestinationConnection.shape.kind.default('openstack'),
      authUrl: DestinationConnection.shape.authUrl.refine(isWithoutUser, noUser),
      auth: KeystoneAuth,
      region: DestinationConnection.shape.region.default(null),
      interface: DestinationConnection.shape.interface.default('public'),
      trust: Trust.default({ kind: 'system' }),
      proxy: DestinationConnection.shape.proxy.refine(isWithoutUser, noUser).default(null),
      secret,
      test: z.boolean().default(true).describe('sign in once before it is kept'),
    }),
    output: z.object({ destination: DestinationConnection, secret: KeptIn, test: DestinationTestResult.nullable() }),
    role: 'admin',
    status: 201,
    summary: 'Set up a destination',
  }),
  'destinations.show': operation({
    method: 'GET',
    path: '/v1/destinations/{destination}',
    input: destination,
    output: DestinationView,
    role: 'viewer',
    summary: 'One destination, and where its secret is kept',
  }),
  'destinations.delete': operation({
    method: 'DELETE',
    path: '/v1/destinations/{destination}',
    input: destination,
    output: deleted,
    role: 'admin',
    summary: 'Forget a destination and its secret',
  }),
  'destinations.test': operation({
    method: 'POST',
    path: '/v1/destinations/{destination}/test',
    input: destination,
    output: DestinationTestResult,
    role: 'operator',
    summary: 'Sign in, and tell what is there',
  }),
  'destinations.facts': operation({
    method: 'GET',
    path: '/v1/destinations/{destination}/facts',
    input: destination.extend({ refresh: z.boolean().default(false).describe('ask the cloud anew') }),
    output: z.object({ takenAt: z.iso.datetime(), facts: CloudFacts }),
    role: 'viewer',
    summary: 'Flavors, networks, quotas and the rest that a machine can be mapped to',
  }),
  'destinations.trust': operation({
    method: 'PUT',
    path: '/v1/destinations/{destination}/trust',
    input: destination.extend({ trust: Trust }),
    output: z.object({ destination: DestinationConnection }),
    role: 'admin',
    summary: 'Trust another certificate of a destination',
  }),
  'destinations.secret': operation({
    method: 'PUT',
    path: '/v1/destinations/{destination}/secret',
    input: destination.extend({ secret, keep: z.boolean().default(true).describe('false: in memory only') }),
    output: z.object({ secret: KeptIn }),
    role: 'operator',
    summary: 'Give the secret of a destination',
  }),
  'clouds.read': operation({
    method: 'POST',
    path: '/v1/cloud-files',
    input: z.object({
      text: z
        .string()
        .min(1)
        .max(256 * 1024)
        .meta({ writeOnly: true })
        .describe('of a clouds.yaml or openrc file; it is neither run nor kept'),
      cloud: which.nullable().default(null).describe('which, where a clouds.yaml has several'),
    }),
    output: z.object({
      clouds: z.array(z.string()).describe('by name; an openrc file names none'),
      cloud: z.string().nullable(),
      access: CloudFileAccess.nullable().describe('null where there are several, and none was chosen'),
    }),
    role: 'admin',
    isLook: true,
    summary: 'What a clouds.yaml or openrc file says of a cloud, to set up a destination by it',
  }),
  'certificates.look': operation({
    method: 'POST',
    path: '/v1/certificates',
    input: z.object({
      url: z.url({ protocol: /^https$/ }).refine(isWithoutUser, noUser),
      proxy: z.url().nullable().refine(isWithoutUser, noUser).default(null),
    }),
    output: CertificateFacts,
    role: 'operator',
    isLook: true,
    summary: 'The certificate of a server, to be compared before it is trusted',
  }),
} satisfies Readonly<Record<string, Operation>>;

/**
 * Everything that Guts can be asked to do over REST, in one table: the server, its OpenAPI description, the typed client
 * and the handlers are made of it. A field of `input` that stands in the path is taken from there; the others are the
 * query of GET and DELETE, and the JSON body of POST and PUT.
 */
import { z } from 'zod';
import { AuditEntry, Role, TokenFacts, TokenId } from './access.ts';
import { CloudFacts } from './cloud.ts';
import { DestinationConnection, KeystoneAuth, SourceConnection } from './connections.ts';
import { InventoryDatastore, InventoryHost, InventoryNetwork, InventoryVm } from './inventory.ts';
import { MigrationId, MigrationOptions, MigrationPlan } from './migration.ts';
import { DestinationTestResult, Journey, SourceInventoryResult, SourceTestResult, TidyResult } from './move-jobs.ts';
import { Plan, PlannedMachine } from './plans.ts';
import { Finding } from './preflight.ts';
import { MigrationReport } from './report.ts';
import {
  ActionResult,
  NodeFacts,
  Schedule,
  ScheduledMigration,
  SchedulerSettings,
  ServiceFacts,
  TimeWindow,
} from './schedule.ts';
import { Stage } from './stages.ts';
import { CertificateFacts, Trust } from './trust.ts';
import { KeptIn, VaultStatus } from './vault.ts';

export interface Operation<I extends z.ZodObject = z.ZodObject, O extends z.ZodType = z.ZodType> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With `{name}` for what is taken from the path. */
  readonly path: string;
  readonly input: I;
  readonly output: O;
  /** The least role that may. */
  readonly role: Role;
  /** What it does, for the description and for the pages. */
  readonly summary: string;
  /** HTTP status of success; 200 where it is not said. */
  readonly status?: 201 | 202;
  /** It only looks, although its method is none of looking: no line in the audit log. */
  readonly isLook?: true;
}

/** What makes something new by each request, unless that has a key by which it is done once. */
export const isMaking = ({ method, status }: Operation): boolean => method === 'POST' && status === 201;

const operation = <I extends z.ZodObject, O extends z.ZodType>(one: Operation<I, O>): Operation<I, O> => one;

/** Secrets go in and never come out. */
const secret = z.string().min(1).max(65_536).meta({ writeOnly: true });
/** Addresses turn up in errors and logs, so nothing secret may stand in one. */
const isWithoutUser = (address: string | null): boolean => address === null || !/^[a-z]+:\/*[^/?#]*@/i.test(address);
const noUser = 'user and password do not belong into an address';
/** A name or an id. */
const which = z.string().min(1).max(255);
const pattern = z.string().min(1).max(255).describe('* is any text, ? any letter');
const none = z.object({});
const deleted = z.object({ deleted: z.string() });

/** Of a list that may be long. */
const page = {
  limit: z.number().int().min(1).max(10_000).default(100),
  /** `next` of the page before. */
  marker: z.string().min(1).max(1024).optional(),
};
const next = z.string().nullable().describe('the marker of the next page; null on the last');

const source = z.object({ source: which });
const destination = z.object({ destination: which });
const migration = z.object({ id: MigrationId });
const plan = z.object({ plan: which });

const SourceView = z.object({
  source: SourceConnection,
  secret: KeptIn.nullable(),
  vault: VaultStatus,
  inventory: z.object({ takenAt: z.iso.datetime() }).nullable(),
});
const DestinationView = z.object({
  destination: DestinationConnection,
  secret: KeptIn.nullable(),
  vault: VaultStatus,
});

const vmFilters = {
  source: which.optional(),
  name: pattern.optional(),
  power: z.enum(['on', 'off', 'suspended']).optional(),
  os: pattern.optional(),
  network: pattern.optional(),
  folder: pattern.optional(),
  cluster: pattern.optional(),
  tag: pattern.optional().describe('a tag, as NAME or CATEGORY:NAME'),
};
/** A thing of an inventory, with the name of its source and the age of what is known. */
const found = { source: z.string(), takenAt: z.iso.datetime() };
export const Resource = z.discriminatedUnion('type', [
  InventoryVm.extend({ ...found, type: z.literal('vm') }),
  InventoryNetwork.extend({ ...found, type: z.literal('network') }),
  InventoryDatastore.extend({ ...found, type: z.literal('datastore') }),
  InventoryHost.extend({ ...found, type: z.literal('host') }),
]);
export type Resource = z.infer<typeof Resource>;
export const Instance = InventoryVm.extend(found);
export type Instance = z.infer<typeof Instance>;

export const NetworkRow = z.object({
  side: z.enum(['source', 'destination']),
  connection: z.string(),
  name: z.string(),
  id: z.string(),
  kind: z.string(),
  /** VLAN, or segment of an overlay. */
  segment: z.number().nullable(),
  subnets: z.array(z.string()),
});
export type NetworkRow = z.infer<typeof NetworkRow>;

export const VolumeRow = z.object({
  source: z.string(),
  vm: z.string(),
  vmRef: z.string(),
  key: z.string(),
  label: z.string(),
  sizeBytes: z.number(),
  datastore: z.string().nullable(),
  file: z.string().nullable(),
});
export type VolumeRow = z.infer<typeof VolumeRow>;

/** One machine's move, as it is wished for. */
const wish = {
  source: which,
  vm: which.describe('its name, or its ref where several have the name'),
  destination: which,
  options: MigrationOptions.partial().default({}),
};
/** Of the ways to say which several are meant: none of them must not be taken for all. */
const onlyOne = 'exactly one of “ids”, “plan” and “all” says which are meant';
export const MigrationAction = z.enum(['start', 'pause', 'resume', 'cancel', 'cutover', 'retry', 'hold', 'release']);
export type MigrationAction = z.infer<typeof MigrationAction>;

const planFields = {
  name: Plan.shape.name,
  source: which,
  destination: which,
  options: MigrationOptions.partial().default({}),
  window: TimeWindow.nullable().default(null),
  notBefore: z.iso.datetime().nullable().default(null),
  priority: z.number().int().min(-1000).max(1000).default(0),
  machines: z
    .array(
      z.object({
        vm: which,
        wave: PlannedMachine.shape.wave.default(1),
        options: MigrationOptions.partial().default({}),
      }),
    )
    .max(10_000),
};

export const operations = {
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
    input: z.object({
      name: SourceConnection.shape.name,
      kind: SourceConnection.shape.kind.default('vsphere'),
      url: SourceConnection.shape.url.refine(isWithoutUser, noUser),
      userName: SourceConnection.shape.userName,
      trust: Trust.default({ kind: 'system' }),
      proxy: SourceConnection.shape.proxy.refine(isWithoutUser, noUser).default(null),
      secret,
      test: z.boolean().default(true).describe('sign in once before it is kept'),
    }),
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
  'resources.list': operation({
    method: 'GET',
    path: '/v1/resources',
    input: z.object({ ...vmFilters, type: z.enum(['vm', 'network', 'datastore', 'host']).optional(), ...page }),
    output: z.object({ resources: z.array(Resource), next }),
    role: 'viewer',
    summary: 'What the sources have, as their inventories were last read',
  }),
  'resources.show': operation({
    method: 'GET',
    path: '/v1/resources/{resource}',
    input: z.object({ resource: which, source: which.optional() }),
    output: Resource,
    role: 'viewer',
    summary: 'Everything that is known of one thing, by its name or ref',
  }),
  'instances.list': operation({
    method: 'GET',
    path: '/v1/instances',
    input: z.object({ ...vmFilters, ...page }),
    output: z.object({ instances: z.array(Instance), next }),
    role: 'viewer',
    summary: 'The machines that can be moved',
  }),
  'instances.show': operation({
    method: 'GET',
    path: '/v1/instances/{instance}',
    input: z.object({ instance: which, source: which.optional() }),
    output: Instance,
    role: 'viewer',
    summary: 'One machine, by its name or ref',
  }),
  'networks.list': operation({
    method: 'GET',
    path: '/v1/networks',
    input: z.object({
      source: which.optional(),
      destination: which.optional(),
      name: pattern.optional(),
      refresh: z.boolean().default(false).describe('ask the destinations anew'),
    }),
    output: z.object({ networks: z.array(NetworkRow) }),
    role: 'viewer',
    summary: 'The networks of both sides',
  }),
  'volumes.list': operation({
    method: 'GET',
    path: '/v1/volumes',
    input: z.object({ source: which.optional(), vm: pattern.optional(), ...page }),
    output: z.object({ volumes: z.array(VolumeRow), next }),
    role: 'viewer',
    summary: 'The disks of the machines',
  }),
  'checks.run': operation({
    method: 'POST',
    path: '/v1/checks',
    input: z.object(wish),
    output: z.object({ mayStart: z.boolean(), plan: MigrationPlan.nullable(), findings: z.array(Finding) }),
    role: 'operator',
    isLook: true,
    summary: 'What would be made of a machine, and what stops or endangers its move; nothing is kept',
  }),
  'migrations.list': operation({
    method: 'GET',
    path: '/v1/migrations',
    input: z.object({
      source: which.optional(),
      destination: which.optional(),
      stage: Stage.optional(),
      vm: pattern.optional(),
      plan: which.optional(),
      isQueued: z.boolean().optional(),
      sort: z.enum(['createdAt', '-createdAt', 'vm', '-vm', 'stage', '-stage', 'queue']).default('-createdAt'),
      ...page,
    }),
    output: z.object({ migrations: z.array(ScheduledMigration), next }),
    role: 'viewer',
    summary: 'The migrations, newest first',
  }),
  'migrations.create': operation({
    method: 'POST',
    path: '/v1/migrations',
    input: z.object({
      ...wish,
      schedule: Schedule.partial().default({}),
      start: z.boolean().default(false).describe('also put it into the queue'),
    }),
    output: ScheduledMigration,
    role: 'operator',
    status: 201,
    summary: 'Write down the move of one machine, and on request put it into the queue',
  }),
  'migrations.show': operation({
    method: 'GET',
    path: '/v1/migrations/{id}',
    input: migration,
    output: ScheduledMigration,
    role: 'viewer',
    summary: 'One migration: plan, findings, journey, proofs',
  }),
  'migrations.journey': operation({
    method: 'GET',
    path: '/v1/migrations/{id}/journey',
    input: migration,
    output: Journey,
    role: 'viewer',
    summary: 'The migration with the machine and what both sides said of themselves, for reports',
  }),
  'migrations.action': operation({
    method: 'POST',
    path: '/v1/migrations/{id}/action',
    input: migration.extend({ action: MigrationAction }),
    output: ScheduledMigration,
    role: 'operator',
    status: 202,
    summary: 'Start, pause, resume, cancel, cut over, retry, hold or release one',
  }),
  'migrations.schedule': operation({
    method: 'PUT',
    path: '/v1/migrations/{id}/schedule',
    input: migration.extend({ schedule: Schedule.partial() }),
    output: ScheduledMigration,
    role: 'operator',
    summary: 'Change when and where one may start; what is not named stays',
  }),
  'migrations.actOnMany': operation({
    method: 'POST',
    path: '/v1/migrations/action',
    input: z
      .object({
        action: MigrationAction,
        ids: z.array(MigrationId).max(10_000).optional(),
        plan: which.optional(),
        all: z.literal(true).optional().describe('all that the table of stages allows it for'),
      })
      .refine(({ ids, plan: of, all }) => [ids, of, all].filter((one) => one !== undefined).length === 1, onlyOne)
      .meta({ description: onlyOne, oneOf: [{ required: ['ids'] }, { required: ['plan'] }, { required: ['all'] }] }),
    output: z.object({ results: z.array(ActionResult) }),
    role: 'operator',
    status: 202,
    summary: 'The same for several: exactly one of ids, a plan, or all that the table of stages allows it for',
  }),
  'migrations.delete': operation({
    method: 'DELETE',
    path: '/v1/migrations/{id}',
    input: migration,
    output: deleted,
    role: 'operator',
    summary: 'Forget one that has ended',
  }),
  'plans.list': operation({
    method: 'GET',
    path: '/v1/plans',
    input: none,
    output: z.object({ plans: z.array(Plan) }),
    role: 'viewer',
    summary: 'The plans',
  }),
  'plans.create': operation({
    method: 'POST',
    path: '/v1/plans',
    input: z.object(planFields),
    output: Plan,
    role: 'operator',
    status: 201,
    summary: 'Write down a plan: machines in waves, defaults and exceptions',
  }),
  'plans.show': operation({
    method: 'GET',
    path: '/v1/plans/{plan}',
    input: plan,
    output: Plan,
    role: 'viewer',
    summary: 'One plan',
  }),
  'plans.start': operation({
    method: 'POST',
    path: '/v1/plans/{plan}/start',
    input: plan,
    output: z.object({ plan: Plan, results: z.array(ActionResult) }),
    role: 'operator',
    status: 202,
    summary: 'Make a migration of each machine of the plan that has none yet, and put them into the queue',
  }),
  'plans.delete': operation({
    method: 'DELETE',
    path: '/v1/plans/{plan}',
    input: plan,
    output: deleted,
    role: 'operator',
    summary: 'Forget a plan; its migrations stay',
  }),
  'reports.list': operation({
    method: 'GET',
    path: '/v1/reports',
    input: z.object(page),
    output: z.object({
      reports: z.array(
        z.object({
          migration: MigrationId,
          title: z.string(),
          stage: Stage,
          createdAt: z.iso.datetime(),
          endedAt: z.iso.datetime(),
        }),
      ),
      next,
    }),
    role: 'viewer',
    summary: 'The migrations that are over and have a report',
  }),
  'reports.show': operation({
    method: 'GET',
    path: '/v1/reports/{id}',
    input: migration,
    output: MigrationReport,
    role: 'viewer',
    summary: 'What a migration did and how it was proved; with ?format=html or Accept: text/html as a page',
  }),
  'tidy.run': operation({
    method: 'POST',
    path: '/v1/tidy',
    input: z.object({
      sources: z.array(which).optional(),
      destinations: z.array(which).optional(),
      remove: z.boolean().default(false),
      alsoUnknown: z.boolean().default(false),
    }),
    output: TidyResult,
    role: 'operator',
    summary: 'Things on either side that carry our tag and that no migration needs any more',
  }),
  'nodes.list': operation({
    method: 'GET',
    path: '/v1/nodes',
    input: none,
    output: z.object({ nodes: z.array(NodeFacts) }),
    role: 'viewer',
    summary: 'Where migrations can run, and how much conversion space is free there',
  }),
  'services.list': operation({
    method: 'GET',
    path: '/v1/services',
    input: none,
    output: z.object({ services: z.array(ServiceFacts) }),
    role: 'viewer',
    summary: 'The parts of Guts, and whether they are up',
  }),
  'settings.show': operation({
    method: 'GET',
    path: '/v1/settings',
    input: none,
    output: SchedulerSettings,
    role: 'viewer',
    summary: 'Slots, bandwidth limits, allowed nodes',
  }),
  'settings.change': operation({
    method: 'PUT',
    path: '/v1/settings',
    input: SchedulerSettings.partial(),
    output: SchedulerSettings,
    role: 'admin',
    summary: 'Change settings; what is not named stays, and what is holds at once',
  }),
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

export type OperationName = keyof typeof operations;
export const operationNames = Object.keys(operations) as OperationName[]; // Object.keys forgets which strings they are
/** As callers write it: what has a default may be left out. */
export type InputOf<K extends OperationName> = z.input<(typeof operations)[K]['input']>;
/** As handlers get it. */
export type ParsedOf<K extends OperationName> = z.output<(typeof operations)[K]['input']>;
export type OutputOf<K extends OperationName> = z.output<(typeof operations)[K]['output']>;

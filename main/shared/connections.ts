/** The words for a connection to a source or a destination: where, as whom, trusted how. Secrets are elsewhere, in the vault. */
import { z } from 'zod';
import { Trust } from './trust.ts';

const name = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,62}$/u, 'letters, digits, spaces, dots, dashes; at most 63');
/** `http://host:port` of a proxy that is asked to CONNECT; user and password of a proxy are not supported here. */
const proxy = z.url().nullable();

export const SourceId = z
  .string()
  .regex(/^src_[0-9a-z]{12}$/)
  .brand<'SourceId'>();
export type SourceId = z.infer<typeof SourceId>;
export const DestinationId = z
  .string()
  .regex(/^dst_[0-9a-z]{12}$/)
  .brand<'DestinationId'>();
export type DestinationId = z.infer<typeof DestinationId>;

export const SourceAbout = z.object({
  /** `VMware vCenter Server`, `VMware ESXi`. */
  product: z.string(),
  version: z.string(),
  build: z.string(),
  /** A vCenter, or one host that stands alone. */
  kind: z.enum(['vcenter', 'esxi']),
  instanceId: z.string(),
});
export type SourceAbout = z.infer<typeof SourceAbout>;

export const SourceConnection = z.object({
  id: SourceId,
  name,
  kind: z.literal('vsphere'),
  /** `https://host[:port]`, without path; the SDK is at `/sdk` below it. */
  url: z.url({ protocol: /^https$/ }),
  userName: z.string().min(1),
  trust: Trust,
  proxy,
  createdAt: z.iso.datetime(),
  /** As it said at the last sign-in; null before the first. */
  about: SourceAbout.nullable(),
});
export type SourceConnection = z.infer<typeof SourceConnection>;

/** How to sign in to Keystone; what is secret (a password, an application credential's secret, a token) is in the vault. */
export const KeystoneAuth = z.discriminatedUnion('method', [
  z.object({
    method: z.literal('password'),
    userName: z.string().min(1),
    userDomain: z.string().min(1),
    project: z.string().min(1),
    projectDomain: z.string().min(1),
  }),
  z.object({ method: z.literal('applicationCredential'), id: z.string().min(1) }),
  /** A name is only one of its user's; it has no project beside it, for the credential has one. */
  z.object({
    method: z.literal('applicationCredentialByName'),
    name: z.string().min(1),
    userName: z.string().min(1),
    userDomain: z.string().min(1),
  }),
  z.object({
    method: z.literal('token'),
    /** Null keeps the token's own scope. */
    project: z.string().min(1).nullable(),
    projectDomain: z.string().min(1).nullable(),
  }),
]);
export type KeystoneAuth = z.infer<typeof KeystoneAuth>;

export const DestinationAbout = z.object({
  project: z.object({ id: z.string(), name: z.string() }),
  user: z.object({ id: z.string(), name: z.string() }),
  roles: z.array(z.string()),
  region: z.string(),
  /** The newest microversion or version that the cloud offers, by service: `compute`, `image`, `network`, `volume`. */
  versions: z.record(z.string(), z.string()),
});
export type DestinationAbout = z.infer<typeof DestinationAbout>;

export const DestinationConnection = z.object({
  id: DestinationId,
  name,
  kind: z.literal('openstack'),
  /** Keystone's address, with or without `/v3`. */
  authUrl: z.url({ protocol: /^https?$/ }),
  auth: KeystoneAuth,
  /** Null takes the catalogue's only region. */
  region: z.string().min(1).nullable(),
  interface: z.enum(['public', 'internal', 'admin']),
  trust: Trust,
  proxy,
  createdAt: z.iso.datetime(),
  about: DestinationAbout.nullable(),
});
export type DestinationConnection = z.infer<typeof DestinationConnection>;

/** A connection together with its secret: only in memory, between the vault, the host and the engine. */
export const SourceSignIn = z.object({ connection: SourceConnection, secret: z.string() });
export type SourceSignIn = z.infer<typeof SourceSignIn>;
export const DestinationSignIn = z.object({ connection: DestinationConnection, secret: z.string() });
export type DestinationSignIn = z.infer<typeof DestinationSignIn>;

/** The words for a connection to a source or a destination: where, as whom, trusted how. Secrets are elsewhere, in the vault. */
import { z } from 'zod';
import { Trust } from './trust.ts';

export const ConnectionName = z
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
  /** `VMware vCenter Server`, `VMware ESXi`, `Microsoft Hyper-V`. */
  product: z.string(),
  version: z.string(),
  build: z.string(),
  /** A vCenter, or one host that stands alone; a Hyper-V host, also where it is a node of a cluster. */
  kind: z.enum(['vcenter', 'esxi', 'hyperv']),
  instanceId: z.string(),
});
export type SourceAbout = z.infer<typeof SourceAbout>;

const sourceBase = {
  id: SourceId,
  name: ConnectionName,
  trust: Trust,
  proxy,
  createdAt: z.iso.datetime(),
  /** As it said at the last sign-in; null before the first. */
  about: SourceAbout.nullable(),
};

export const VsphereConnection = z.object({
  ...sourceBase,
  kind: z.literal('vsphere'),
  /** `https://host[:port]`, without path; the SDK is at `/sdk` below it. */
  url: z.url({ protocol: /^https$/ }),
  userName: z.string().min(1),
});
export type VsphereConnection = z.infer<typeof VsphereConnection>;

/** A folder of the host as this machine reaches it: `D:\VMs` is mounted at `/mnt/vms`, or shared as `\\host\VMs`. */
export const DiskPlace = z.object({
  /** As the host writes it: `D:\Hyper-V`. */
  onHost: z.string().regex(/^[A-Za-z]:\\|^\\\\[^\\]+\\[^\\]+/, 'a folder of the host, such as D:\\Hyper-V'),
  /** A path that this machine can open, or `\\server\share[\folder]`, which is read through SMB. */
  here: z.string().min(1),
});
export type DiskPlace = z.infer<typeof DiskPlace>;

/** How the disks' files are read. */
export const DiskAccess = z.object({
  smbPort: z.number().int().min(1).max(65_535),
  /** Whether what is read is encrypted wherever the host can; where a share demands it, it is in any case. */
  encrypt: z.boolean(),
  /** Where no place holds a file, the host's admin share of its drive does (`D$`). */
  places: z.array(DiskPlace),
});
export type DiskAccess = z.infer<typeof DiskAccess>;
export const defaultDiskAccess: DiskAccess = { smbPort: 445, encrypt: true, places: [] };

export const HypervConnection = z.object({
  ...sourceBase,
  kind: z.literal('hyperv'),
  /** `https://host:5986` or `http://host:5985`, without path; what goes through the latter is sealed by NTLM. */
  url: z.url({ protocol: /^https?$/ }),
  /** `HOST\user`, `DOMAIN\user`, `user@domain`, or `user` of the host itself. */
  userName: z.string().min(1),
  /** Basic sends the password to the host, and so goes through TLS only. */
  signInBy: z.enum(['ntlm', 'basic']),
  disks: DiskAccess,
});
export type HypervConnection = z.infer<typeof HypervConnection>;

export const SourceConnection = z.discriminatedUnion('kind', [VsphereConnection, HypervConnection]);
export type SourceConnection = z.infer<typeof SourceConnection>;
export const SourceKind = z.enum(['vsphere', 'hyperv']);
export type SourceKind = z.infer<typeof SourceKind>;

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
  name: ConnectionName,
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
/** The same of a Hyper-V host, for its driver. */
export interface HypervSignIn {
  readonly connection: HypervConnection;
  readonly secret: string;
}

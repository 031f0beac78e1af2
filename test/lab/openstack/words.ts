/** The words of the simulated cloud: what it can be told at the start, and the things that are in it. */
import type { DiskFormat } from '../../../main/shared/disk.ts';

export interface FlavorSpec {
  readonly id: string;
  readonly name: string;
  readonly vcpus: number;
  readonly ram: number;
  readonly disk: number;
  readonly isPublic?: boolean;
  readonly extraSpecs?: Readonly<Record<string, string>>;
}

export interface NetworkSpec {
  readonly name: string;
  readonly type: 'vxlan' | 'vlan' | 'flat';
  readonly segmentationId?: number;
  readonly mtu?: number;
  readonly isExternal?: boolean;
  readonly isShared?: boolean;
  /** The project that it belongs to; without this, the first user’s. */
  readonly ownedBy?: string;
  /** A router joins its subnets to the external network, so that floating addresses can lead there. */
  readonly isRouted?: boolean;
  /** Without port security, ports send and get whatever they like; it is on without this. */
  readonly hasPortSecurity?: boolean;
  readonly subnets: readonly SubnetSpec[];
}

export interface SubnetSpec {
  readonly name: string;
  readonly cidr: string;
  readonly gateway?: string | null;
  readonly pool?: readonly [start: string, end: string];
  readonly hasDhcp?: boolean;
  readonly dnsServers?: readonly string[];
}

export interface UserSpec {
  readonly name: string;
  readonly password: string;
  readonly defaultProject: string;
  /** Roles by project name. */
  readonly roles: Readonly<Record<string, readonly string[]>>;
}

/** What a project may use; -1 is no limit. */
export interface Quotas {
  instances: number;
  cores: number;
  ramMiB: number;
  ports: number;
  floatingIps: number;
  volumes: number;
  volumeGiB: number;
  /** Of one server group; 10 without. */
  groupMembers?: number;
}

/** What a project may have of one volume type; -1 is no limit. */
export interface TypeQuota {
  volumes: number;
  volumeGiB: number;
}

export interface VolumeTypeSpec {
  readonly name: string;
  readonly description: string;
  /** By which its storage is chosen; only administrators are shown it. */
  readonly backend?: string;
  readonly isMultiattach?: boolean;
}

/** Storage behind the volumes, as Cinder's scheduler sees it. */
export interface PoolSpec {
  readonly name: string;
  readonly backend: string;
  readonly totalGiB: number;
  readonly freeGiB: number;
}

export interface Project {
  readonly id: string;
  readonly name: string;
}

export type ImageStatus = 'queued' | 'saving' | 'uploading' | 'importing' | 'active';
export interface LabImage {
  readonly id: string;
  readonly owner: string;
  name: string | null;
  status: ImageStatus;
  diskFormat: string | null;
  containerFormat: string | null;
  visibility: string;
  minDisk: number;
  minRam: number;
  isProtected: boolean;
  isHidden: boolean;
  size: number | null;
  virtualSize: number | null;
  checksum: string | null;
  sha512: string | null;
  readonly properties: Record<string, string>;
  tags: string[];
  /** Where its bytes lie; null before there are any. */
  file: string | null;
  readonly tasks: { readonly id: string; readonly status: string; readonly message: string }[];
  readonly createdAt: string;
  updatedAt: string;
}

export interface LabFlavor extends FlavorSpec {
  readonly extraSpecs: Record<string, string>;
  description: string | null;
  /** Projects that may use it though it is private. */
  readonly sharedWith?: Set<string>;
}

export interface LabSubnet {
  readonly id: string;
  readonly name: string;
  readonly networkId: string;
  readonly cidr: string;
  readonly gateway: string | null;
  readonly pools: readonly { readonly start: string; readonly end: string }[];
  readonly hasDhcp: boolean;
  readonly dnsServers: readonly string[];
}

export interface LabNetwork {
  readonly id: string;
  readonly name: string;
  readonly projectId: string;
  readonly type: string;
  readonly segmentationId: number | null;
  readonly mtu: number;
  readonly isExternal: boolean;
  readonly isShared: boolean;
  readonly isRouted: boolean;
  readonly hasPortSecurity: boolean;
  readonly subnets: readonly LabSubnet[];
}

export interface FixedIp {
  readonly subnet_id: string;
  readonly ip_address: string;
}

export interface LabPort {
  readonly id: string;
  readonly projectId: string;
  readonly networkId: string;
  readonly createdAt: string;
  name: string;
  description: string;
  mac: string;
  fixedIps: FixedIp[];
  securityGroups: string[];
  addressPairs: { readonly ip_address: string; readonly mac_address: string }[];
  isAdminUp: boolean;
  hasPortSecurity: boolean;
  vnicType: string;
  deviceId: string;
  deviceOwner: string;
  status: 'ACTIVE' | 'DOWN';
  tags: string[];
  /** Nova made it for a server, and removes it with the server. */
  isNovas: boolean;
}

export interface LabFloatingIp {
  readonly id: string;
  readonly projectId: string;
  readonly networkId: string;
  readonly address: string;
  readonly createdAt: string;
  description: string;
  portId: string | null;
  fixedAddress: string | null;
  status: 'ACTIVE' | 'DOWN';
  tags: string[];
}

export interface LabSecurityGroup {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly description: string;
  readonly rules: readonly Record<string, unknown>[];
}

export type VolumeStatus =
  | 'creating'
  | 'downloading'
  | 'available'
  | 'reserved'
  | 'in-use'
  | 'detaching'
  | 'uploading'
  | 'deleting'
  | 'error';
export interface LabVolume {
  readonly id: string;
  readonly projectId: string;
  readonly userId: string;
  readonly createdAt: string;
  name: string | null;
  description: string | null;
  sizeGiB: number;
  status: VolumeStatus;
  isBootable: boolean;
  readonly type: string;
  /** As its type has it. */
  readonly isMultiattach: boolean;
  readonly zone: string;
  metadata: Record<string, string>;
  /** What the image that it was made of had. */
  imageMetadata: Record<string, string> | null;
  attachments: { readonly id: string; readonly serverId: string; readonly device: string }[];
  /** The image bytes that it was made of, in the image's own format; null for an empty volume. */
  disk: LabDisk | null;
}

/** Bytes of a disk, as an emulator takes them. */
export interface LabDisk {
  readonly path: string;
  readonly format: DiskFormat;
}

export interface LabAttachment {
  readonly id: string;
  readonly volumeId: string;
  readonly device: string;
  readonly deleteOnTermination: boolean;
  readonly tag: string | null;
}

export interface NovaServer {
  readonly id: string;
  readonly projectId: string;
  readonly userId: string;
  readonly createdAt: string;
  name: string;
  description: string | null;
  status: 'BUILD' | 'ACTIVE' | 'SHUTOFF' | 'ERROR';
  taskState: string | null;
  readonly flavor: LabFlavor;
  /** Empty where it boots from a volume. */
  readonly imageId: string;
  /** Of the image that it boots from, or of the one that its boot volume was made of. */
  readonly imageProperties: Readonly<Record<string, string>>;
  /** Its own copy of the image's bytes; null where it boots from a volume. */
  rootDisk: LabDisk | null;
  metadata: Record<string, string>;
  tags: string[];
  readonly zone: string;
  readonly keyName: string | null;
  readonly serverGroupId: string | null;
  readonly userData: string | null;
  readonly hasConfigDrive: boolean;
  readonly securityGroups: readonly string[];
  portIds: string[];
  attachments: LabAttachment[];
  fault: { readonly code: number; readonly message: string; readonly created: string } | null;
  launchedAt: string | null;
  updatedAt: string;
  console: string;
  isDeleting: boolean;
}

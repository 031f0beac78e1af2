/** Everything that the simulated cloud holds, its folder and its clock; the services read and change it. */
import { randomBytes, randomUUID } from 'node:crypto';
import { constants, copyFile, link, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import * as path from 'node:path';
import type { NetworkSpec } from './words.ts';
import type {
  FlavorSpec,
  LabFlavor,
  LabFloatingIp,
  LabImage,
  LabNetwork,
  LabPort,
  LabSecurityGroup,
  NovaServer,
  LabVolume,
  PoolSpec,
  Project,
  Quotas,
  TypeQuota,
  UserSpec,
  VolumeTypeSpec,
} from './words.ts';

/** What a service's behaviour depends on; see `OpenstackOptions` for the meaning of each. */
export interface CloudSettings {
  readonly folder: string;
  readonly baseUrl: () => string;
  readonly flavors: readonly FlavorSpec[];
  readonly networks: readonly NetworkSpec[];
  readonly quotas: Quotas;
  readonly volumeTypes: readonly VolumeTypeSpec[];
  readonly typeQuotas: Readonly<Record<string, TypeQuota>>;
  readonly pools: readonly PoolSpec[];
  readonly users: readonly UserSpec[];
  readonly tokenLifeSeconds: number;
  readonly buildMs: number;
  readonly hasVolumes: boolean;
  readonly imageSizeCapBytes: number;
  /** The minor number of the newest compute microversion. */
  readonly computeMinor: number;
  readonly pageSize: number;
  readonly console: (server: NovaServer, signal: AbortSignal) => string | Promise<string>;
  readonly failsToBuild: (server: NovaServer) => string | null;
  readonly breaksUpload: (image: LabImage) => number | null;
  readonly onWrite: (write: LabWrite) => void;
}

/** Somebody changes something, or has sent some of an image’s bytes. */
export interface LabWrite {
  readonly atMs: number;
  /** The address that it came from. */
  readonly from: string;
  readonly method: string;
  readonly path: string;
}

export const writeOf = ({ method, url, socket }: IncomingMessage): LabWrite => ({
  atMs: performance.now(),
  from: socket.remoteAddress ?? '',
  method: method ?? '',
  path: url ?? '',
});

export interface Token {
  readonly userName: string;
  readonly projectName: string | null;
  readonly methods: readonly string[];
  readonly issuedAt: number;
  expiresAt: number;
}

export class Cloud {
  readonly settings: CloudSettings;
  readonly quotas: Quotas;
  readonly projects: readonly Project[];
  readonly users: readonly (UserSpec & { readonly id: string })[];
  readonly applicationCredential = { id: hexId(), name: 'lab', secret: randomBytes(32).toString('base64url') };
  readonly tokens = new Map<string, Token>();
  readonly images = new Map<string, LabImage>();
  readonly flavors = new Map<string, LabFlavor>();
  readonly networks = new Map<string, LabNetwork>();
  readonly ports = new Map<string, LabPort>();
  readonly floatingIps = new Map<string, LabFloatingIp>();
  readonly securityGroups = new Map<string, LabSecurityGroup>();
  readonly volumes = new Map<string, LabVolume>();
  readonly servers = new Map<string, NovaServer>();
  readonly volumeTypes: readonly (VolumeTypeSpec & { readonly id: string })[];
  /** By the type’s name; a type that is not there has no limit of its own. */
  readonly typeQuotas: Map<string, TypeQuota>;
  readonly serverGroups: readonly { readonly id: string; readonly name: string; readonly policy: string }[] = [
    { id: randomUUID(), name: 'apart', policy: 'soft-anti-affinity' },
  ];
  readonly keyPairs = [{ name: 'lab', publicKey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBcxu0u6vF0u1kPZJ1 lab' }];
  readonly zones = ['nova', 'edge'];
  readonly #stop = new AbortController();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #work = new Set<Promise<unknown>>();

  constructor(settings: CloudSettings) {
    this.settings = settings;
    this.quotas = { ...settings.quotas };
    this.volumeTypes = settings.volumeTypes.map((type) => ({ ...type, id: randomUUID() }));
    this.typeQuotas = new Map(Object.entries(settings.typeQuotas).map(([type, quota]) => [type, { ...quota }]));
    const names = new Set(settings.users.flatMap((user) => Object.keys(user.roles)));
    this.projects = [...names].map((name) => ({ id: hexId(), name }));
    this.users = settings.users.map((user) => ({ ...user, id: hexId() }));
    for (const flavor of settings.flavors)
      this.flavors.set(flavor.id, { ...flavor, extraSpecs: { ...flavor.extraSpecs }, description: null });
  }

  /** Aborts when the cloud is taken down. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Does something when `ms` have passed, unless the cloud is taken down before. */
  later(ms: number, act: () => void | Promise<void>): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.follow(Promise.resolve(act()));
    }, ms);
    this.#timers.add(timer);
  }

  /** Taking the cloud down waits for `work`; what it throws then is of no interest any more. */
  follow(work: Promise<unknown>): void {
    const followed: Promise<unknown> = work
      .catch((error: unknown) => {
        if (!this.signal.aborted) throw error; // a fault in the simulator must be seen
      })
      .finally(() => this.#work.delete(followed));
    this.#work.add(followed);
  }

  expireTokens(): void {
    for (const token of this.tokens.values()) token.expiresAt = 0;
  }

  newFile(name: string): string {
    return path.join(this.settings.folder, `${name}-${randomUUID()}`);
  }

  /** The same bytes under another name: they stay when the first name goes. */
  async sameBytes(file: string, name: string): Promise<string> {
    const other = this.newFile(name);
    await link(file, other).catch(async () => await copyFile(file, other, constants.COPYFILE_FICLONE));
    return other;
  }

  /** The image's bytes under another name; null when the image has none, or goes at this moment. */
  async bytesOf(image: LabImage, name: string): Promise<string | null> {
    return image.file === null ? null : await this.sameBytes(image.file, name).catch(() => null);
  }

  async removeFile(file: string | null | undefined): Promise<void> {
    if (file !== null && file !== undefined) await rm(file, { force: true });
  }

  projectNamed(name: string): Project {
    const project = this.projects.find((one) => one.name === name);
    if (project === undefined) throw new Error(`The lab has no project “${name}”.`);
    return project;
  }

  /** Ends timers, then waits for what they started. */
  async end(): Promise<void> {
    this.#stop.abort(new Error('The simulated cloud was taken down.'));
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.allSettled(this.#work);
  }
}

/** An id as Keystone writes them. */
export function hexId(): string {
  return randomUUID().replaceAll('-', '');
}

/** A time as most services write it: `2026-11-21T10:00:00Z`. */
export function timeNow(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z');
}

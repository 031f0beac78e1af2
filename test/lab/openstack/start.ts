/** Starts a small OpenStack on this computer: Keystone, Glance, Nova, Neutron and Cinder behind one HTTPS port. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { makeCertificate } from '../certificate.ts';
import { FaultBook, serveFaults } from '../faults.ts';
import { serveHttps } from '../http.ts';
import { Cloud, writeOf, type LabWrite } from './cloud.ts';
import { computeService } from './compute.ts';
import {
  defaultFlavors,
  defaultNetworks,
  defaultPools,
  defaultQuotas,
  defaultUsers,
  defaultVolumeTypes,
  loginPrompt,
} from './default-world.ts';
import { diskOf } from './disk-content.ts';
import { identityService, REGION, signedIn } from './identity.ts';
import { imageService } from './image-service.ts';
import { makeGroups, makeNetwork, networkService } from './networks.ts';
import { disksOf } from './server-life.ts';
import { volumeService } from './volumes.ts';
import { answer, type Front } from './web.ts';
import type {
  FlavorSpec,
  LabDisk,
  LabFloatingIp,
  LabImage,
  LabPort,
  LabVolume,
  NetworkSpec,
  NovaServer,
  PoolSpec,
  Quotas,
  TypeQuota,
  UserSpec,
  VolumeTypeSpec,
} from './words.ts';

export type { LabDisk, NovaServer } from './words.ts';
export type { LabWrite } from './cloud.ts';

export interface OpenstackOptions {
  /** 0 takes a free one. */
  readonly port?: number;
  /** Uploaded bytes are kept in a folder of their own below it, which goes with the lab. */
  readonly folder?: string;
  readonly flavors?: readonly FlavorSpec[];
  readonly networks?: readonly NetworkSpec[];
  /** The first one owns the networks (in its default project) and the application credential. */
  readonly users?: readonly UserSpec[];
  /** Of every project; -1 is no limit. */
  readonly quotas?: Partial<Quotas>;
  /** The first is the usual one. */
  readonly volumeTypes?: readonly VolumeTypeSpec[];
  /** Of every project, by the type's name; -1 is no limit. */
  readonly typeQuotas?: Readonly<Record<string, TypeQuota>>;
  readonly pools?: readonly PoolSpec[];
  readonly tokenLifeSeconds?: number;
  /** How long it takes until a server runs or a volume is there; removing takes half of it. */
  readonly buildMs?: number;
  /** A cloud without Cinder, when false. */
  readonly hasVolumes?: boolean;
  readonly imageSizeCapBytes?: number;
  /** The minor number of the newest compute microversion; 93 is Zed's. */
  readonly computeMinor?: number;
  /** Most things on one page of a list. */
  readonly pageSize?: number;
  /** What a server that has begun to run says on its console, once; the console is empty until then. Aborts with the lab. */
  readonly console?: (server: NovaServer, signal: AbortSignal) => string | Promise<string>;
  /** Nova's words for why this server ends in ERROR; null lets it run. */
  readonly failsToBuild?: (server: NovaServer) => string | null;
  /** Behind how many bytes this upload of an image breaks off; null lets it through. Asked at each upload. */
  readonly breaksUpload?: (image: LabImage) => number | null;
  /** Hears of each request that changes something, and of each piece of an upload. */
  readonly onWrite?: (write: LabWrite) => void;
}

/** Everything that users made, as it stands now; what Neutron itself has on its networks is left out. */
export interface OpenstackState {
  readonly images: readonly LabImage[];
  readonly volumes: readonly LabVolume[];
  readonly ports: readonly LabPort[];
  readonly floatingIps: readonly LabFloatingIp[];
  readonly servers: readonly NovaServer[];
  /** Names of flavors that were not there at the start. */
  readonly flavors: readonly string[];
}

export interface OpenstackLab extends AsyncDisposable {
  /** Keystone's: `https://127.0.0.1:PORT/identity/v3` */
  readonly authUrl: string;
  readonly region: string;
  readonly users: readonly UserSpec[];
  /** Of the first user, in its default project. */
  readonly applicationCredential: { readonly id: string; readonly name: string; readonly secret: string };
  /** SHA-256 of the certificate, as it is pinned; and the certificate itself, in PEM. */
  readonly fingerprint: string;
  readonly certificate: string;
  /** `where` is a service's path (`identity`, `image`, `compute`, `network`, `volume`); also served at `/lab/faults`. */
  readonly faults: FaultBook;
  /** Limits of every project; may be changed at any time. */
  readonly quotas: Quotas;
  /** The same of single volume types, by their names. */
  readonly typeQuotas: Map<string, TypeQuota>;
  state(): OpenstackState;
  /** Every token ends now. */
  expireTokens(): void;
  /** Shows another certificate from now on. @returns its fingerprint */
  rotateCertificate(): Promise<string>;
  /** How far its clock is ahead of this computer's, as its answers tell it. */
  setClock(aheadMs: number): void;
  /** Is out of service: closes what is open, and turns the next so many connections away. */
  outage(connections: number): void;
  /** The bytes of an image as they were uploaded. @throws Error when it has none */
  imageDisk(id: string): LabDisk;
  /** The bytes of the image that a volume was made of; null for an empty one. */
  volumeDisk(id: string): LabDisk | null;
  /** What an emulator needs to start the server: its disks, the one that it boots from first. */
  serverDisks(id: string): LabDisk[];
  /** Adds to what the server has said on its console. */
  sayOnConsole(id: string, words: string): void;
}

const DEFAULT_BUILD_MS = 60;
const isRead = (method = 'GET'): boolean => method === 'GET' || method === 'HEAD';

export async function startOpenstack(options: OpenstackOptions = {}): Promise<OpenstackLab> {
  let certificate = await makeCertificate();
  const folder = await mkdtemp(path.join(options.folder ?? tmpdir(), 'guts-openstack-'));
  const users = options.users ?? defaultUsers();
  const cloud: Cloud = new Cloud({
    folder,
    baseUrl: () => server.url,
    flavors: options.flavors ?? defaultFlavors,
    networks: options.networks ?? defaultNetworks,
    quotas: { ...defaultQuotas, ...options.quotas },
    volumeTypes: options.volumeTypes ?? defaultVolumeTypes,
    typeQuotas: options.typeQuotas ?? {},
    pools: options.pools ?? defaultPools,
    users,
    tokenLifeSeconds: options.tokenLifeSeconds ?? 3600,
    buildMs: options.buildMs ?? DEFAULT_BUILD_MS,
    hasVolumes: options.hasVolumes ?? true,
    imageSizeCapBytes: options.imageSizeCapBytes ?? Number.MAX_SAFE_INTEGER,
    computeMinor: options.computeMinor ?? 93,
    pageSize: options.pageSize ?? 1000,
    console: options.console ?? (({ name }) => loginPrompt(name)),
    failsToBuild: options.failsToBuild ?? (() => null),
    breaksUpload: options.breaksUpload ?? (() => null),
    onWrite: options.onWrite ?? (() => {}),
  });
  const owner = cloud.projectNamed(users[0]?.defaultProject ?? '');
  for (const spec of cloud.settings.networks)
    makeNetwork(cloud, spec, spec.ownedBy === undefined ? owner : cloud.projectNamed(spec.ownedBy));
  for (const project of cloud.projects) makeGroups(cloud, project);

  const faults = new FaultBook();
  const front: Front = {
    services: [
      identityService(cloud),
      imageService(cloud),
      computeService(cloud),
      networkService(cloud),
      ...(cloud.settings.hasVolumes ? [volumeService(cloud)] : []),
    ],
    faults,
    baseUrl: () => server.url,
    authenticate: (request) => signedIn(cloud, request),
    expireTokens: () => cloud.expireTokens(),
  };
  const server = await serveHttps(
    certificate,
    async (request, response) => {
      if (request.url === '/lab/faults') await serveFaults(faults, request, response);
      else {
        if (!isRead(request.method)) cloud.settings.onWrite(writeOf(request));
        await answer(front, request, response);
      }
    },
    options.port ?? 0,
  );

  return {
    authUrl: `${server.url}/identity/v3`,
    region: REGION,
    users,
    applicationCredential: cloud.applicationCredential,
    fingerprint: certificate.sha256,
    certificate: certificate.pem,
    faults,
    quotas: cloud.quotas,
    typeQuotas: cloud.typeQuotas,
    state: () => stateOf(cloud),
    expireTokens: () => cloud.expireTokens(),
    outage: (connections) => server.outage(connections),
    async rotateCertificate() {
      certificate = await makeCertificate();
      server.use(certificate);
      return certificate.sha256;
    },
    setClock: (aheadMs) => server.setClock(aheadMs),
    imageDisk(id) {
      const image = known(cloud.images, id);
      if (image.file === null) throw new Error(`The image ${id} has no bytes.`);
      return diskOf(image.file, image.diskFormat);
    },
    volumeDisk: (id) => known(cloud.volumes, id).disk,
    serverDisks: (id) => disksOf(cloud, known(cloud.servers, id)),
    sayOnConsole(id, words) {
      known(cloud.servers, id).console += words;
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await cloud.end();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function stateOf(cloud: Cloud): OpenstackState {
  const original = new Set(cloud.settings.flavors.map(({ id }) => id));
  return {
    images: [...cloud.images.values()],
    volumes: [...cloud.volumes.values()],
    ports: [...cloud.ports.values()].filter(({ deviceOwner }) => !deviceOwner.startsWith('network:')),
    floatingIps: [...cloud.floatingIps.values()],
    servers: [...cloud.servers.values()],
    flavors: [...cloud.flavors.values()].filter(({ id }) => !original.has(id)).map(({ name }) => name),
  };
}

function known<T>(all: ReadonlyMap<string, T>, id: string): T {
  const thing = all.get(id);
  if (thing === undefined) throw new Error(`The lab has no ${id}.`);
  return thing;
}

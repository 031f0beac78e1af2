/** A small vCenter over real HTTPS on this computer: for tests, and for the demo of Guts. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { randomBytes, randomUUID } from 'node:crypto';
import { makeCertificate } from '../certificate.ts';
import { seededContent } from '../content.ts';
import { answeredByFault, FaultBook, serveFaults } from '../faults.ts';
import { bodyOf, serveHttps, type Serve } from '../http.ts';
import { folderFile, sendDisk, sendFile } from './downloads.ts';
import { Leases, type LeaseState } from './leases.ts';
import type { HostLicence } from './licence.ts';
import type { DiskSpec, MachineSpec } from './machine-spec.ts';
import { uuidOf, type PowerState } from './machine.ts';
import { contentlessMachines } from './odd-machines.ts';
import { Performance } from './performance.ts';
import { RestFace } from './rest.ts';
import { Sessions } from './sessions.ts';
import type { MakePlans } from './site-plans.ts';
import { answerCall, envelope, readCall, type SoapRoom } from './soap.ts';
import { Tasks } from './tasks.ts';
import { VimFault } from './vim-fault.ts';
import { World } from './world.ts';

export interface VcenterOptions {
  /** Machines with content, instead of the three small ones that are made up. */
  readonly machines?: readonly MachineSpec[];
  /** Whether the other sixty are there too; they are by default. */
  readonly withOthers?: boolean;
  /** Other data centres than the two that are made up; takes machines that fit them, and no others. */
  readonly sites?: MakePlans;
  /** 0, as without it, takes a free port. */
  readonly port?: number;
  readonly user?: string;
  /** A random one without it. */
  readonly password?: string;
  readonly apiVersion?: string;
  /** It is a single ESXi host with this licence; a vCenter without it. */
  readonly hostLicence?: HostLicence;
  /** False has neither `/api` nor `/rest`, as where that service is stopped; which of them there are depends on `apiVersion`. */
  readonly hasRest?: boolean;
  /** Most objects in one page, whatever is asked for. */
  readonly pageCap?: number;
  readonly sessionIdleMs?: number;
  /** The clock by which sessions are idle, in milliseconds. */
  readonly now?: () => number;
  readonly taskMs?: number;
  readonly shutdownMs?: number;
  /** A guest hears the wish to shut down so long after it was told; at once without it. */
  readonly hearsMs?: number;
  readonly leaseTimeoutMs?: number;
  readonly leaseInitMs?: number;
  /** The host in URLs of leases: `*`, as an ESXi that does not know its own name writes it, or an address. */
  readonly leaseHost?: string;
  readonly mostAreas?: number;
  /** False counts nothing about datastores. */
  readonly hasLatency?: boolean;
}

export interface VcenterState {
  readonly sessions: number;
  readonly restSessions: number;
  readonly machines: readonly {
    readonly name: string;
    readonly ref: string;
    readonly power: PowerState;
    readonly changeTracking: boolean;
    readonly snapshots: readonly string[];
  }[];
  readonly leases: readonly { readonly machine: string; readonly state: LeaseState; readonly percent: number }[];
  readonly tasks: readonly { readonly method: string; readonly machine: string; readonly state: string }[];
  /** By SOAP method, and `folder GET`, `nfc GET`, `rest GET /api/…` with `{id}` for ids. */
  readonly requests: Readonly<Record<string, number>>;
  readonly bytes: { readonly nfc: number; readonly folder: number };
}

export interface Vcenter extends AsyncDisposable {
  /** `https://127.0.0.1:PORT`, without a path. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** SHA-256 of the certificate, as an operator pins it. */
  readonly fingerprint: string;
  readonly faults: FaultBook;
  state(): VcenterState;
  /** Ends every session at once, as a restart of vCenter does. */
  expireSessions(): void;
  /** @param days that the new one has left; fewer than none for one that has run out */
  rotateCertificate(days?: number): Promise<void>;
  /** How far its clock is ahead of this computer's, as its answers tell it. */
  setClock(aheadMs: number): void;
  /** Is out of service: closes what is open, and turns the next so many connections away. */
  outage(connections: number): void;
  /** The server was set up anew, and counts from the start: this machine’s reference is another one’s, which has the same name. */
  setUpAnew(machine: string): void;
  /** The guest’s tools end, as they do long before a guest that shuts down is off. */
  endTools(machine: string): void;
  /** Somebody starts a machine that is off. */
  start(machine: string): void;
  /** Writes to a disk as the guest would. */
  write(machine: string, disk: number, offset: number, bytes: Uint8Array): Promise<void>;
  /** Reads what the guest would see; of a snapshot, what it saw then. */
  read(machine: string, disk: number, into: Uint8Array, offset: number, snapshot?: string): Promise<void>;
  /** Somebody plugs another disk in. */
  plug(machine: string, disk: DiskSpec): Promise<void>;
  /** Somebody pulls the last disk out. */
  unplug(machine: string): Promise<void>;
  /** How long reads take, as hosts count it; 1 ms where nothing was set, null is no data. @throws RangeError */
  setReadLatency(datastore: string, milliseconds: number | null): void;
  /** Change ids that were handed out so far are no longer good. */
  resetChanges(machine: string): void;
}

const MiB = 1024 ** 2;
const MOST_SOAP_BYTES = 4 * MiB;

/** Starts it; disposing it closes everything. Fault rules also come and go by `/lab/faults`. */
export async function startVcenter(options: VcenterOptions = {}): Promise<Vcenter> {
  const own = options.machines ?? madeUpMachines();
  const world = await World.make(
    [...own, ...(options.withOthers === false ? [] : contentlessMachines())],
    options.sites,
  );
  const faults = new FaultBook();
  const requests: Record<string, number> = {};
  const bytes = { nfc: 0, folder: 0 };
  const timers = new Set<NodeJS.Timeout>();
  let certificate = await makeCertificate();
  let address = '';

  const tasks = new Tasks(world, options.taskMs ?? 20);
  const leases = new Leases(world, faults, {
    timeoutMs: options.leaseTimeoutMs ?? 300_000,
    initMs: options.leaseInitMs ?? 10,
    address: () => address,
    thumbprint: () => certificate.sha1,
  });
  const sessions = new Sessions(options.sessionIdleMs ?? 1_800_000, options.now ?? Date.now, (session) =>
    leases.drop(session),
  );
  const performance = new Performance(world);
  performance.hasLatency = options.hasLatency ?? true;
  const room: SoapRoom = {
    world,
    performance,
    tasks,
    leases,
    faults,
    sessions,
    user: options.user ?? 'administrator@vsphere.local',
    password: options.password ?? randomBytes(12).toString('base64url'),
    instanceUuid: uuidOf('vcenter'),
    apiVersion: options.apiVersion ?? '8.0.3.0',
    hostLicence: options.hostLicence ?? null,
    pageCap: options.pageCap ?? 1000,
    shutdownMs: options.shutdownMs ?? 50,
    hearsMs: options.hearsMs ?? 0,
    mostAreas: options.mostAreas ?? 512,
    later(ms, then) {
      const timer = setTimeout(() => {
        timers.delete(timer);
        then();
      }, ms);
      timers.add(timer);
    },
  };
  const rest = new RestFace(room, options.hasRest ?? true);
  const count = (what: string): void => void (requests[what] = (requests[what] ?? 0) + 1);

  const serve: Serve = async (request, response) => {
    const url = new URL(request.url ?? '/', 'https://vcenter');
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (url.pathname === '/sdk/vimServiceVersions.xml' && isRead) answerVersions(room.apiVersion, response);
    else if (url.pathname === '/sdk' && request.method === 'POST') await answerSoap(room, count, request, response);
    else if (url.pathname === '/lab/faults') await serveFaults(faults, request, response);
    else if (url.pathname.startsWith('/folder/') && isRead) {
      count(`folder ${request.method}`);
      const sent = await answerFolder(room, url, request, response); // others are answered meanwhile
      bytes.folder += sent;
    } else if (url.pathname.startsWith('/nfc/') && isRead) {
      count(`nfc ${request.method}`);
      const sent = await answerNfc(room, url, request, response);
      bytes.nfc += sent;
    } else if (rest.isAt(url)) {
      count(`rest ${request.method} ${url.pathname.replace(/urn:.*$/, '{id}')}`);
      await rest.answer(url, request, response);
    } else response.writeHead(404, { 'content-length': '0' }).end();
  };
  const server = await serveHttps(certificate, serve, options.port);
  address = `https://${options.leaseHost ?? '127.0.0.1'}:${server.port}`;

  return {
    url: server.url,
    user: room.user,
    password: room.password,
    get fingerprint() {
      return certificate.sha256;
    },
    faults,
    state: () => ({
      ...stateOf(room),
      restSessions: rest.sessions,
      requests: { ...requests },
      bytes: { ...bytes },
    }),
    expireSessions() {
      sessions.endAll();
      rest.endAll();
    },
    outage: (connections) => server.outage(connections),
    async rotateCertificate(days) {
      certificate = await makeCertificate('localhost', days);
      server.use(certificate);
    },
    setClock: (aheadMs) => server.setClock(aheadMs),
    setUpAnew(name) {
      const machine = world.machineNamed(name);
      machine.uuid = randomUUID();
      machine.instanceUuid = randomUUID();
      world.changed();
    },
    endTools(name) {
      const machine = world.machineNamed(name);
      machine.isShuttingDown = false;
      machine.isToolsRunning = false;
      world.changed();
    },
    start(name) {
      world.machineNamed(name).turn('poweredOn');
      world.changed();
    },
    async write(name, index, offset, content) {
      const machine = world.machineNamed(name);
      await diskOf(machine.disks[index], name).disk.write(offset, content, machine.epoch);
      world.changed();
    },
    async read(name, index, into, offset, snapshot) {
      const machine = world.machineNamed(name);
      const { disk } = diskOf(machine.disks[index], name);
      const at = machine.snapshots.find((candidate) => candidate.name === snapshot);
      if (snapshot !== undefined && at === undefined) throw new RangeError(`“${name}” has no snapshot “${snapshot}”.`);
      await disk.read(into, offset, at === undefined ? disk.layers : Math.min(machine.layersOf(at), disk.layers));
    },
    plug: async (name, disk) => await world.replug(world.machineNamed(name), false, disk),
    unplug: async (name) => await world.replug(world.machineNamed(name), true, null),
    setReadLatency: (datastore, milliseconds) => performance.setReadLatency(datastore, milliseconds),
    resetChanges(name) {
      for (const { disk } of world.machineNamed(name).disks) disk.resetChanges();
    },
    async [Symbol.asyncDispose]() {
      for (const timer of timers) clearTimeout(timer);
      sessions.endAll();
      tasks[Symbol.dispose]();
      leases[Symbol.dispose]();
      await server[Symbol.asyncDispose]();
      await world[Symbol.asyncDispose]();
    },
  };
}

function diskOf<T>(disk: T | undefined, name: string): T {
  if (disk === undefined) throw new RangeError(`“${name}” has no such disk.`);
  return disk;
}

/** One that is off, one with two disks and UEFI, one that runs and is tracked. */
function madeUpMachines(): MachineSpec[] {
  const content = (name: string, sizeBytes: number, seed: number) => ({
    sizeBytes,
    isThin: true,
    content: seededContent(name, sizeBytes, seed),
  });
  return [
    { name: 'files-01', folder: 'prod', disks: [content('files-01', 16 * MiB, 1)], nics: [{ network: 'VM Network' }] },
    {
      name: 'ledger-01',
      folder: 'prod',
      firmware: 'uefi',
      disks: [content('ledger-01', 8 * MiB, 2), content('ledger-01 data', 12 * MiB, 3)],
      nics: [{ network: 'VM Network' }, { network: 'dv-db-200' }],
    },
    {
      name: 'shop-01',
      folder: 'prod/web',
      power: 'on',
      changeTracking: true,
      disks: [content('shop-01', 16 * MiB, 4)],
      nics: [{ network: 'dv-web-100', addresses: ['192.0.2.10'] }],
    },
  ];
}

function stateOf({
  world,
  sessions,
  leases,
  tasks,
}: SoapRoom): Omit<VcenterState, 'restSessions' | 'requests' | 'bytes'> {
  return {
    sessions: sessions.all.length,
    machines: world.machines.map(({ spec, ref, power, changeTracking, snapshots }) => ({
      name: spec.name,
      ref: ref.id,
      power,
      changeTracking,
      snapshots: snapshots.map(({ name }) => name),
    })),
    leases: leases.all.map(({ machine, state, percent }) => ({ machine: machine.spec.name, state, percent })),
    tasks: tasks.all.map(({ method, entity, state }) => ({
      method,
      machine: world.machine(entity)?.spec.name ?? entity.id,
      state,
    })),
  };
}

async function answerSoap(
  room: SoapRoom,
  count: (what: string) => void,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const write = (status: number, inner: string, headers: Readonly<Record<string, string>> = {}): void => {
    if (response.destroyed) return;
    const answer = Buffer.from(envelope(inner));
    const head = { 'content-type': 'text/xml; charset=utf-8', 'cache-control': 'no-cache' };
    response.writeHead(status, { ...head, 'content-length': String(answer.byteLength), ...headers }).end(answer);
  };
  try {
    const call = readCall(await bodyOf(request, MOST_SOAP_BYTES));
    count(call.method);
    const rules = room.faults.match('soap', call.method);
    if (await answeredByFault(rules, response)) return;
    const session = room.sessions.of(request);
    if (session !== null && rules.some(({ kind }) => kind === 'expire')) room.sessions.end(session);
    const fault = rules.find(({ kind }) => kind === 'fault');
    if (fault !== undefined) throw new VimFault(fault.faultType || 'SystemError', fault.message, fault.detail);
    const live = session === null || session.isOver ? null : session;
    const { xml, cookie } = await answerCall(call, live, rules, room, gone.signal);
    write(200, xml, cookie === undefined ? {} : { 'set-cookie': cookie });
  } catch (error) {
    if (!(error instanceof VimFault)) throw error;
    write(500, error.xml);
  }
}

async function answerFolder(
  room: SoapRoom,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<number> {
  const rules = room.faults.match('folder', `${request.method ?? ''} ${url.pathname}`);
  if (await answeredByFault(rules, response)) return 0;
  const refuse = (status: number, text: string, headers: Readonly<Record<string, string>> = {}): number => {
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...headers }).end(text);
    return 0;
  };
  const session = room.sessions.of(request);
  if (session !== null && rules.some(({ kind }) => kind === 'expire')) room.sessions.end(session);
  if (session === null || session.isOver)
    return refuse(401, '', { 'www-authenticate': 'Basic realm="VMware HTTP server"' });
  const file = folderFile(room.world, url);
  if (file === null) return refuse(404, 'Not found\n');
  if (file.isLocked) return refuse(500, 'The file is locked by a running virtual machine.\n');
  return await sendFile(file, request, response, rules);
}

async function answerNfc(
  room: SoapRoom,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<number> {
  const rules = room.faults.match('nfc', `${request.method ?? ''} ${url.pathname}`);
  if (await answeredByFault(rules, response)) return 0;
  const [id = '', name = ''] = url.pathname.slice('/nfc/'.length).split('/');
  const found = room.leases.file(id, name);
  if (found === null) {
    response.writeHead(404, { 'content-length': '0' }).end();
    return 0;
  }
  return await sendDisk(found.lease, found.file, request, response, rules);
}

const OLDER_VERSIONS = [
  '8.0.2.0',
  '8.0.1.0',
  '8.0.0.1',
  '7.0.3.2',
  '7.0.3.0',
  '7.0.0.0',
  '6.9.1',
  '6.7.3',
  '6.7',
  '6.5',
  '6.0',
  '5.5',
];

function answerVersions(apiVersion: string, response: ServerResponse): void {
  const older = OLDER_VERSIONS.filter((version) => version.localeCompare(apiVersion, 'en', { numeric: true }) < 0);
  const prior = older.map((version) => `<version>${version}</version>`).join('');
  const text = `<?xml version="1.0" encoding="UTF-8" ?>
<namespaces version="1.0">
 <namespace>
  <name>urn:vim25</name>
  <version>${apiVersion}</version>
  <priorVersions>${prior}</priorVersions>
 </namespace>
</namespaces>
`;
  response.writeHead(200, { 'content-type': 'text/xml' }).end(text);
}

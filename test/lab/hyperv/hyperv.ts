/** A small Hyper-V host on this computer, over real WinRM and SMB: for tests, and for the demo of Guts. */
import { randomBytes, X509Certificate } from 'node:crypto';
import { channelBindingsOf } from '../../../worker/sources/hyperv/winrm/channel-bindings.ts';
import { makeCertificate } from '../certificate.ts';
import { FaultBook } from '../faults.ts';
import { serveHttp, serveHttps } from '../http.ts';
import type { Cluster } from './cluster.ts';
import { Host } from './host.ts';
import { madeUpMachines } from './made-up.ts';
import type { MachineSpec, MachineState } from './machine-spec.ts';
import { runScript } from './scripts.ts';
import { Shells } from './shells.ts';
import { serveSmb, type SmbState } from './smb/server.ts';
import type { SharePlace } from './smb/session.ts';
import { winrmFace, type WinrmRoom } from './winrm.ts';

export interface HypervOptions {
  /** Instead of the few small ones that are made up. */
  readonly machines?: readonly MachineSpec[];
  /** As the host calls itself. */
  readonly name?: string;
  readonly user?: string;
  /** A random one without it. */
  readonly password?: string;
  /** 0, as without it, takes a free port. */
  readonly httpPort?: number;
  readonly httpsPort?: number;
  readonly smbPort?: number;
  /** Of this computer, `127.0.0.1` without it: nodes of a cluster have the same ports at different ones. */
  readonly address?: string;
  /** Of which it is a node, with whatever machines it has. */
  readonly cluster?: Cluster;
  /** Ways to sign in to WinRM that the host allows; both by default, Basic through TLS alone. */
  readonly methods?: readonly ('basic' | 'ntlm')[];
  /** As a host whose CbtHardeningLevel is Strict. */
  readonly demandsBindings?: boolean;
  /** Bits of NTLM's challenge that the host does not offer. */
  readonly withholds?: number;
  /** Longest wait for output, whatever a client says. */
  readonly mostWaitMs?: number;
  /** Most output of a script in one answer. */
  readonly chunkBytes?: number;
  readonly mostShells?: number;
  /** A shell of which nobody asks anything for so long is ended, however long it was to stay. */
  readonly mostIdleMs?: number;
  /** Of the cluster of its clustered machines, besides itself: their names, at which nobody has to listen. */
  readonly otherNodes?: readonly string[];
  /** A guest takes so long to shut down. */
  readonly shutdownMs?: number;
  /** Stop-VM waits so long for a guest that does not. */
  readonly stopWaitMs?: number;
  /** A checkpoint takes so long to make. */
  readonly checkpointMs?: number;
  /** Files of a removed checkpoint are merged after that; at once with 0. */
  readonly mergeMs?: number;
  /** 3.1.1 by default. */
  readonly smbDialect?: '3.0.2' | '3.1.1';
  /** Everything that goes through SMB must be encrypted, whatever the share. */
  readonly smbEncrypts?: boolean;
  /** How many requests an SMB client may have under way. */
  readonly mostCredits?: number;
}

export interface HypervState {
  readonly shells: number;
  readonly machines: readonly {
    readonly name: string;
    readonly id: string;
    readonly state: MachineState;
    readonly checkpoints: readonly string[];
    readonly isCheckpointing: boolean;
    readonly isMerging: boolean;
    /** By disk, the oldest first. */
    readonly files: readonly (readonly string[])[];
  }[];
  /** By action of the shell, by script as `script inventory`, and by way to sign in. */
  readonly requests: Readonly<Record<string, number>>;
  readonly smb: SmbState;
}

export interface Hyperv extends AsyncDisposable {
  readonly name: string;
  /** `http://127.0.0.1:PORT`, without a path. */
  readonly httpUrl: string;
  readonly httpsUrl: string;
  /** SHA-256 of the certificate, as an operator pins it. */
  readonly fingerprint: string;
  readonly smbPort: number;
  readonly user: string;
  readonly password: string;
  /** For what other hands do: `host.start(host.machineNamed('shop'))`, `host.pace.mergeMs = 500`. */
  readonly host: Host;
  /**
   * `winrm` meets requests as `Receive power shutDown` (`fault` with its number as `faultType`, `expire` forgets all shells, `cut`,
   * `stall`, `corrupt`); `login` meets `Basic` and `Negotiate` (`deny`); `script` meets `checkpoint create` (`error` as a
   * cmdlet's, with its id as `faultType`; `taskfail` as PowerShell's; `corrupt`; `delay`); `smb` meets `CREATE D:\\…` and `READ D:\\…` (`error` with a status as
   * `faultType`, `drop`, `cut`, `corrupt`, `stall`, `expire`, `delay`, which says `STATUS_PENDING` first where that is its `faultType`).
   */
  readonly faults: FaultBook;
  state(): HypervState;
  /** As a restart of WinRM: shells are gone, connections end. */
  restart(): void;
  rotateCertificate(): Promise<void>;
  /** How far its clock is ahead of this computer's, as WinRM's answers tell it. */
  setClock(aheadMs: number): void;
  /** Whoever has signed in stays so until the connection ends. */
  setPassword(password: string): void;
  /** Is out of service: closes what is open, and turns the next so many connections of each kind away. */
  outage(connections: number): void;
  /** Writes to a disk as the guest would. */
  write(machine: string, disk: number, offset: number, bytes: Uint8Array): Promise<void>;
  /** Reads what the guest sees. */
  read(machine: string, disk: number, into: Uint8Array, offset: number): Promise<void>;
  /** All of a file's bytes. @throws RangeError where there is none */
  file(path: string): Promise<Buffer>;
}

const SHARES: readonly SharePlace[] = [
  { name: 'IPC$', root: null, isEncrypted: false },
  { name: 'C$', root: 'C:\\', isEncrypted: false },
  { name: 'D$', root: 'D:\\', isEncrypted: false },
  { name: 'Machines', root: 'D:\\Hyper-V\\', isEncrypted: true },
];

/** Starts it; disposing it closes everything. */
export async function startHyperv(options: HypervOptions = {}): Promise<Hyperv> {
  const name = options.name ?? 'HV01';
  const user = options.user ?? 'guts';
  const { withholds = 0, shutdownMs = 50, stopWaitMs = 1000, checkpointMs = 0, mergeMs = 0 } = options;
  const host = await Host.make(
    name,
    options.machines ?? madeUpMachines(),
    { shutdownMs, stopWaitMs, checkpointMs, mergeMs },
    options.otherNodes,
  );
  options.cluster?.join(host);
  const account = { name, user, password: options.password ?? randomBytes(12).toString('base64url'), withholds };
  const faults = new FaultBook();
  const requests: Record<string, number> = {};
  const count = (what: string): void => void (requests[what] = (requests[what] ?? 0) + 1);
  let certificate = await makeCertificate(name);

  const shells = new Shells({
    mostShells: options.mostShells ?? 30,
    chunkBytes: options.chunkBytes ?? 64 * 1024,
    mostWaitMs: options.mostWaitMs ?? 60_000,
    mostIdleMs: options.mostIdleMs ?? 7_200_000,
    async run(script) {
      count(`script ${script.name}`);
      const rules = faults.match('script', script.title);
      const delayMs = rules.find(({ kind }) => kind === 'delay')?.delayMs ?? 0;
      if (delayMs > 0) await new Promise<void>((resolve) => host.later(delayMs, resolve));
      return await runScript(host, script, rules);
    },
  });
  const room: WinrmRoom = {
    account,
    shells,
    faults,
    methods: options.methods ?? ['basic', 'ntlm'],
    demandsBindings: options.demandsBindings ?? false,
    bindings: () => channelBindingsOf(new X509Certificate(certificate.pem).raw),
    count,
  };
  const smb = await serveSmb({
    host,
    account,
    shares: SHARES,
    faults,
    dialect: options.smbDialect === '3.0.2' ? 0x302 : 0x311,
    demandsSeal: options.smbEncrypts ?? false,
    mostCredits: options.mostCredits ?? 512,
    port: options.smbPort ?? 0,
    address: options.address ?? '127.0.0.1',
    count,
  });
  const http = await serveHttp(winrmFace(room, false), options.httpPort, options.address);
  const https = await serveHttps(certificate, winrmFace(room, true), options.httpsPort, options.address);

  return {
    name,
    httpUrl: http.url,
    httpsUrl: https.url,
    get fingerprint() {
      return certificate.sha256;
    },
    smbPort: smb.port,
    user,
    get password() {
      return account.password;
    },
    host,
    faults,
    state: () => ({
      shells: shells.count,
      machines: host.machines.map(stateOf),
      requests: { ...requests },
      smb: smb.state,
    }),
    restart() {
      shells.endAll();
      http.hangUp();
      https.hangUp();
    },
    async rotateCertificate() {
      certificate = await makeCertificate(name);
      https.use(certificate);
    },
    setClock(aheadMs) {
      http.setClock(aheadMs);
      https.setClock(aheadMs);
    },
    setPassword(password) {
      account.password = password;
    },
    outage(connections) {
      http.outage(connections);
      https.outage(connections);
      smb.outage(connections);
    },
    async write(machine, disk, offset, bytes) {
      await chainOf(host, machine, disk).write(offset, bytes);
    },
    async read(machine, disk, into, offset) {
      await chainOf(host, machine, disk).read(into, offset);
    },
    async file(path) {
      const found = host.file(path);
      if (found === null) throw new RangeError(`The simulated host has no file “${path}”.`);
      const content = host.contentOf(found);
      const bytes = Buffer.alloc(content.sizeBytes);
      await content.read(bytes, 0);
      return bytes;
    },
    async [Symbol.asyncDispose]() {
      shells.endAll();
      await smb[Symbol.asyncDispose]();
      await http[Symbol.asyncDispose]();
      await https[Symbol.asyncDispose]();
      await host[Symbol.asyncDispose]();
    },
  };
}

function chainOf(host: Host, machine: string, index: number) {
  const chain = host.machineNamed(machine).disks[index]?.chain;
  if (chain === undefined || chain === null) throw new RangeError(`“${machine}” has no such disk.`);
  return chain;
}

const stateOf = (machine: Host['machines'][number]): HypervState['machines'][number] => ({
  name: machine.spec.name,
  id: machine.id,
  state: machine.state,
  checkpoints: machine.checkpoints.map(({ name }) => name),
  isCheckpointing: machine.isCheckpointing,
  isMerging: machine.merging > 0,
  files: machine.disks.map(({ chain }) => (chain?.files ?? []).map(({ path }) => path)),
});

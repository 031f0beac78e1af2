/** The path doctor between the simulators: a vCenter whose hosts really answer here, and what it says of a way. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import type { DestinationSignIn, SourceSignIn } from '../../main/shared/connections.ts';
import { DoctorReport, type DoctorStep } from '../../main/shared/doctor.ts';
import { doctor } from '../../worker/doctor/doctor.ts';
import { startVcenter, type Vcenter, type VcenterOptions } from '../lab/vcenter/vcenter.ts';
import { signInTo } from '../support/vsphere-source.ts';

export const never = new AbortController().signal;

export interface Wishes {
  readonly vm?: string;
  readonly destination?: DestinationSignIn;
  readonly withSnapshot?: boolean;
  readonly writeTest?: boolean;
  readonly signal?: AbortSignal;
  readonly onStep?: (step: DoctorStep) => void;
}

/** @param dataDir that is removed by whoever made it */
export async function looked(
  dataDir: string,
  source: SourceSignIn | null,
  { vm, destination, withSnapshot = false, writeTest = false, signal = never, onStep = () => {} }: Wishes = {},
): Promise<DoctorReport> {
  const job = { source, vm: vm ?? null, destination: destination ?? null, withSnapshot, writeTest, dataDir };
  return DoctorReport.parse(await doctor({ kind: 'doctor', ...job }, { signal, tellStep: onStep }));
}

/** The step on something; its `about` begins with these words. @throws where there is none */
export function stepOn({ steps }: DoctorReport, group: DoctorStep['group'], about: string): DoctorStep {
  const found = steps.find((step) => step.group === group && step.about.startsWith(about));
  if (found !== undefined) return found;
  throw new Error(`nothing was said of ${group} of ${about}: ${steps.map(({ id }) => id).join(', ')}`);
}

/** What is bad or poor, but for what is only slow: this computer may be busy with anything. */
export const wrong = ({ steps }: DoctorReport): string[] =>
  steps.filter((step) => step.verdict === 'bad' || (step.verdict === 'poor' && !isSlow(step))).map(({ id }) => id);

const isSlow = ({ group, evidence }: DoctorStep): boolean =>
  ['ports', 'reading', 'writing'].includes(group) && !evidence.some((text) => /^[A-Z]+$/.test(text));

/** Each way with whether it was gone, fast or slow. */
export const gone = ({ readings }: DoctorReport): [way: string, how: string][] =>
  readings.map(({ reading, verdict, bytes }) => [
    reading,
    (verdict === 'good' || verdict === 'poor') && bytes > 0 ? 'read' : verdict,
  ]);

/** A vCenter with one cluster, whose hosts have the names that are given and answer at a port of this computer. */
export class DoctorsVcenter implements AsyncDisposable {
  readonly vcenter: Vcenter;
  readonly hostPort: number;
  readonly #hosts: Server;

  /** @param kind of its datastore: from one of vSAN there is nothing to read but what a host exports */
  static async start(
    hosts: readonly string[] = ['localhost'],
    options: VcenterOptions = {},
    kind: 'VMFS' | 'vsan' = 'VMFS',
  ): Promise<DoctorsVcenter> {
    const listening = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(listening, 'listening');
    const { port } = listening.address() as AddressInfo; // it listens on TCP
    const vcenter = await startVcenter({
      withOthers: false,
      leaseHost: 'localhost',
      sites: (root) => [
        {
          name: 'DC0',
          parent: root,
          path: 'DC0',
          number: 1,
          folders: ['prod', 'prod/web'],
          clusters: [{ name: 'cluster-a', hosts }],
          alone: [],
          hostPort: port,
          networks: [
            { name: 'VM Network', kind: 'standard', vlan: 0 },
            { name: 'dv-web-100', kind: 'distributed', vlan: 100 },
            { name: 'dv-db-200', kind: 'distributed', vlan: 200 },
          ],
          datastores: [{ name: 'vmfs-fast', kind, capacityTiB: 8 }],
        },
      ],
      ...options,
    });
    return new DoctorsVcenter(vcenter, listening, port);
  }

  private constructor(vcenter: Vcenter, hosts: Server, hostPort: number) {
    this.vcenter = vcenter;
    this.hostPort = hostPort;
    this.#hosts = hosts;
  }

  get signIn(): SourceSignIn {
    return signInTo(this.vcenter);
  }

  /** Nobody listens at the hosts' port any more. */
  async closeHosts(): Promise<void> {
    if (!this.#hosts.listening) return;
    const closed = once(this.#hosts, 'close');
    this.#hosts.close();
    await closed;
  }

  /** @throws where a story left anything on it, whatever became of the story */
  async [Symbol.asyncDispose](): Promise<void> {
    const { machines, leases, sessions } = this.vcenter.state();
    await this.closeHosts();
    await this.vcenter[Symbol.asyncDispose]();
    const open = leases.filter(({ state }) => state === 'initializing' || state === 'ready');
    const left = { snapshots: machines.flatMap(({ snapshots }) => snapshots), open, sessions };
    if (left.snapshots.length > 0 || open.length > 0 || sessions > 0)
      throw new Error(`the doctor left something behind: ${JSON.stringify(left)}`);
  }
}

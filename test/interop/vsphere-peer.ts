/** The vSphere peers of test/peers, a vCenter and a host that stands alone: started, asked what is true, told to misbehave. */
import { execFile } from 'node:child_process';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { SourceSignIn } from '../../main/shared/connections.ts';

const lab = path.resolve(import.meta.dirname, '../peers/vsphere/lab.sh');
const run = promisify(execFile);
const UP_TIMEOUT_MS = 10 * 60_000;

const Machines = z.array(z.object({ Name: z.string(), Ref: z.string(), Power: z.string() }));
const State = z.object({
  leases: z.number(),
  sessions: z.number(),
  counts: z.record(z.string(), z.number()),
  faults: z
    .array(z.object({ hits: z.number() }))
    .nullable()
    .transform((faults) => faults ?? []),
});

export interface VspherePeer extends AsyncDisposable {
  /** With the certificate of this moment pinned. */
  signIn(): Promise<SourceSignIn>;
  refOf(name: string): Promise<string>;
  /** `poweredOn`, `poweredOff`, `suspended`. */
  powerOf(name: string): Promise<string>;
  machineCount(): Promise<number>;
  state(): Promise<z.infer<typeof State>>;
  /** SHA-256 of what a disk holds now. */
  sha256Of(vm: string, disk: number): Promise<string>;
  /** Has the next matching requests go wrong; `reset` forgets it. */
  fault(rule: Readonly<Record<string, unknown>>): Promise<void>;
  /** How many requests each rule has met since `reset`. */
  hits(): Promise<number[]>;
  /** Any other call of the control port. */
  post(call: string): Promise<void>;
  reset(): Promise<void>;
}

/** The host's ports are two above the vCenter's, wherever those are. */
export async function vspherePeer(kind: 'vcenter' | 'esxi', ...flags: string[]): Promise<VspherePeer> {
  const shift = kind === 'esxi' ? 2 : 0;
  const env = {
    ...process.env,
    LAB_KIND: kind,
    // Apart from that of the OpenStack peer, which is found by the same variable.
    ...(process.env['VSPHERE_STATE'] === undefined ? {} : { LAB_STATE: process.env['VSPHERE_STATE'] }),
    VSPHERE_PORT: String(Number(process.env['VSPHERE_PORT'] ?? 18_443) + shift),
    VSPHERE_CONTROL_PORT: String(Number(process.env['VSPHERE_CONTROL_PORT'] ?? 18_444) + shift),
  };
  const control = `http://127.0.0.1:${env.VSPHERE_CONTROL_PORT}`;
  const environment = async (...args: string[]): Promise<(name: string) => string> => {
    const { stdout } = await run(lab, args, { env, timeout: UP_TIMEOUT_MS });
    return (name) => {
      const value = new RegExp(`^${name}=(.*)$`, 'm').exec(stdout)?.[1];
      if (value === undefined) throw new Error(`the peer does not tell its ${name}`);
      return value.replaceAll(/\\(.)/g, '$1'); // as a shell would read it
    };
  };
  const post = async (call: string, body?: unknown): Promise<void> => {
    const answer = await fetch(`${control}${call}`, {
      method: 'POST',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`the peer refuses ${call}: ${await answer.text()}`);
  };
  const get = async (call: string): Promise<Response> => {
    const answer = await fetch(`${control}${call}`);
    if (!answer.ok) throw new Error(`the peer refuses ${call}: ${await answer.text()}`);
    return answer;
  };

  const machine = async (name: string): Promise<z.infer<typeof Machines>[number]> => {
    const found = Machines.parse(await (await get('/vms')).json()).find((one) => one.Name === name);
    if (found === undefined) throw new Error(`the peer has no ${name}`);
    return found;
  };

  await environment('up', ...flags);
  await post('/reset');
  return {
    async signIn() {
      const of = await environment('env');
      return SourceSignIn.parse({
        connection: {
          id: 'src_labvsphere00',
          name: `lab ${kind}`,
          kind: 'vsphere',
          url: new URL(of('VSPHERE_URL')).origin,
          userName: of('VSPHERE_USER'),
          trust: { kind: 'pinned', sha256: of('VSPHERE_SHA256') },
          proxy: null,
          createdAt: '2026-01-01T00:00:00Z',
          about: null,
        },
        secret: of('VSPHERE_PASS'),
      });
    },
    refOf: async (name) => (await machine(name)).Ref,
    powerOf: async (name) => (await machine(name)).Power,
    machineCount: async () => Machines.parse(await (await get('/vms')).json()).length,
    state: async () => State.parse(await (await get('/state')).json()),
    sha256Of: async (vm, disk) =>
      (await (await get(`/disk/content?vm=${encodeURIComponent(vm)}&disk=${disk}&sha256=1`)).text()).trim(),
    fault: async (rule) => await post('/fault', rule),
    hits: async () => State.parse(await (await get('/state')).json()).faults.map(({ hits }) => hits),
    post: async (call) => await post(call),
    reset: async () => await post('/reset'),
    async [Symbol.asyncDispose]() {
      await run(lab, ['down'], { env });
    },
  };
}

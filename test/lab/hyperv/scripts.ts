/** What the scripts that Guts runs say on the simulated host. PowerShell is not understood here: each is known by its first line. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import type { FaultRule } from '../faults.ts';
import type { Host } from './host.ts';
import { about, drivesOf, inventory } from './inventory.ts';
import { Trouble, troubles } from './trouble.ts';

export interface Script {
  /** With what it is to do: `power shutDown`, `checkpoint create`. */
  readonly title: string;
  readonly name: string;
  readonly args: unknown;
}

export interface Written {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

const OnMachine = z.object({ machine: z.string() });
const arguments_ = {
  inventory: z.object({ machines: z.array(z.string()).nullable().default(null) }),
  power: OnMachine.extend({ to: z.enum(['look', 'shutDown', 'turnOff', 'start']) }),
  checkpoint: OnMachine.extend({ name: z.string(), action: z.enum(['create', 'remove']) }),
  leftovers: z.object({ prefix: z.string() }),
  part: z.object({ path: z.string(), position: z.number(), length: z.number().max(1024 ** 2) }),
};

/** Null where it is none of them. */
export function scriptIn(text: string): Script | null {
  const name = /^# guts: (\w+)/.exec(text)?.[1];
  const encoded = /FromBase64String\('([A-Za-z0-9+/=]*)'\)/.exec(text)?.[1];
  if (name === undefined || encoded === undefined) return null;
  const args: unknown = JSON.parse(Buffer.from(encoded, 'base64').toString('utf8'));
  const words = z.object({ to: z.string().default(''), action: z.string().default('') }).parse(args);
  return { name, args, title: `${name} ${words.to}${words.action}`.trim() };
}

/** @param rules of `error` fail as a cmdlet does, of `taskfail` as PowerShell itself; `corrupt` changes a letter of the result */
export async function runScript(host: Host, { name, args }: Script, rules: readonly FaultRule[]): Promise<Written> {
  const failure = rules.find(({ kind }) => kind === 'taskfail');
  if (failure !== undefined) return { stdout: '', stderr: clixml(failure.message), exitCode: 1 };
  const fault = rules.find(({ kind }) => kind === 'error');
  let said: unknown;
  try {
    if (fault !== undefined) throw new Trouble(fault.message, fault.faultType || 'OperationFailed');
    said = { ok: true, value: await answered(host, name, args), trouble: null };
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    said = { ok: false, value: null, trouble: error.told };
  }
  const packed = gzipSync(JSON.stringify(said));
  const sum = createHash('sha256').update(packed).digest('hex');
  if (rules.some(({ kind }) => kind === 'corrupt'))
    packed[packed.length >> 1] = (packed[packed.length >> 1] ?? 0) ^ 0x55;
  return { stdout: `GUTS1 ${packed.length} ${sum} ${packed.toString('base64')}\r\n`, stderr: '', exitCode: 0 };
}

async function answered(host: Host, name: string, args: unknown): Promise<unknown> {
  switch (name) {
    case 'about':
      return about(host);
    case 'inventory':
      return inventory(host, arguments_.inventory.parse(args).machines);
    case 'power':
      return await power(host, arguments_.power.parse(args));
    case 'checkpoint':
      return await checkpoint(host, arguments_.checkpoint.parse(args));
    case 'leftovers':
      return leftovers(host, arguments_.leftovers.parse(args).prefix);
    case 'rights':
      return { user: host.name, groups: [...host.groups] };
    case 'part':
      return await part(host, arguments_.part.parse(args));
    default:
      throw new Trouble(`The simulator knows no script “${name}”.`, 'CommandNotFoundException');
  }
}

async function power(host: Host, { machine: id, to }: z.infer<typeof arguments_.power>): Promise<unknown> {
  const machine = host.machine(id);
  let trouble: unknown = null;
  try {
    if (to === 'shutDown') await host.shutDown(machine);
    else if (to === 'turnOff') host.turnOff(machine);
    else if (to === 'start') host.start(machine);
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    trouble = error.told;
  }
  const isHeard = machine.state === 'Running' && machine.spec.hasNoServices !== true && !machine.isSilent;
  const heartbeat = isHeard ? 'OkApplicationsHealthy' : '';
  return { state: machine.state, heartbeat, trouble };
}

async function checkpoint(
  host: Host,
  { machine: id, name, action }: z.infer<typeof arguments_.checkpoint>,
): Promise<unknown> {
  const machine = host.machine(id);
  const named = machine.checkpoints.filter((one) => one.name === name);
  if (action === 'create') {
    const made = named[0] ?? (await host.makeCheckpoint(machine, name));
    return { id: made.id, created: made.createdAt.toISOString(), disks: drivesOf(machine, made.frozen) };
  }
  for (const one of named) host.removeCheckpoint(machine, one);
  const status = machine.merging > 0 ? 'Merging disks' : 'Operating normally';
  const doing = machine.isCheckpointing ? 'CreatingSnapshot' : machine.merging > 0 ? 'MergingDisks' : '';
  const disks = drivesOf(machine);
  // Get-VHD does not open a file that is being merged.
  return { left: 0, status, doing, disks: machine.merging > 0 ? disks.map((disk) => ({ ...disk, files: [] })) : disks };
}

const leftovers = (host: Host, prefix: string): unknown => ({
  checkpoints: host.machines.flatMap((machine) =>
    machine.checkpoints
      .filter(({ name }) => name.startsWith(prefix))
      .map(({ id, name }) => ({ machine: machine.id, id, name })),
  ),
});

async function part(host: Host, { path, position, length }: z.infer<typeof arguments_.part>): Promise<unknown> {
  const found = host.file(path);
  if (found === null) throw troubles.noFile(path);
  if (found.machine.locks(found.file)) throw troubles.inUse(path);
  const content = host.contentOf(found);
  const read = Math.max(0, Math.min(length, content.sizeBytes - position));
  const bytes = Buffer.alloc(length);
  if (read > 0) await content.read(bytes.subarray(0, read), position);
  return { size: content.sizeBytes, read, bytes: bytes.toString('base64') };
}

/** As PowerShell writes to standard error, below progress that it makes even where nobody looks. */
export function clixml(message: string): string {
  const lines = message
    .split('\n')
    .map(
      (line) => `<S S="Error">${line.replaceAll(/[<>&]/g, (letter) => `&#${letter.charCodeAt(0)};`)}_x000D__x000A_</S>`,
    );
  return `#< CLIXML\r\n<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04"><Obj S="progress" RefId="0"><TN RefId="0"><T>System.Management.Automation.PSCustomObject</T><T>System.Object</T></TN><MS><I64 N="SourceId">1</I64><PR N="Record"><AV>Preparing modules for first use.</AV><AI>0</AI><Nil /><PI>-1</PI><PC>-1</PC><T>Completed</T><SR>-1</SR><SD> </SD></PR></MS></Obj>${lines.join('')}</Objs>`;
}

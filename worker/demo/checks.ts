/** What is checked after the move besides the migration's own proofs: both sides by their own books, the images by another's eyes. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { isDeepStrictEqual, promisify } from 'node:util';
import type { MigrationOutcome } from '../../main/shared/migration.ts';
import { TAG_PREFIX } from '../../main/shared/migration.ts';
import type { ReportCheck } from '../../main/shared/report.ts';
import { ContentDigest } from '../engine/content-digest.ts';
import type { BootResult } from './boot.ts';
import type { DemoMachine } from './machine.ts';
import { BLOCK_BYTES } from './regions.ts';
import { DEMO_NETWORKS, type DemoWorld } from './world.ts';

const TIMEOUT_MS = 60_000;

/** What the vCenter says of its machines, for before and after. */
export type SourceStanding = ReturnType<DemoWorld['vcenter']['state']>['machines'];

/** Whether every machine of the source is as it was, and every byte of the moved one. */
export async function checkUnchanged(
  { vcenter }: DemoWorld,
  { name, disks }: DemoMachine,
  before: SourceStanding,
  digests: readonly string[],
  signal: AbortSignal,
): Promise<ReportCheck> {
  const after: string[] = [];
  for (const [index, { sizeBytes }] of disks.entries()) {
    const read = async (into: Buffer, offset: number): Promise<void> => await vcenter.read(name, index, into, offset);
    after.push(await digestOf(read, sizeBytes, signal));
  }
  const machines = vcenter.state().machines;
  const isSame = isDeepStrictEqual(machines, before) && isDeepStrictEqual(after, digests);
  return {
    about: 'Source',
    claim: 'The source is as it was before.',
    evidence: isSame
      ? `${machines.length} machines with the same power states and snapshots; the disks’ content digests are the same.`
      : 'Power states, snapshots or contents differ from what they were.',
    outcome: isSame ? 'passed' : 'failed',
  };
}

async function digestOf(
  read: (into: Buffer, offset: number) => Promise<void>,
  sizeBytes: number,
  signal: AbortSignal,
): Promise<string> {
  const digest = new ContentDigest();
  const zeros = Buffer.alloc(BLOCK_BYTES);
  const block = Buffer.alloc(BLOCK_BYTES);
  for (let offset = 0; offset < sizeBytes; offset += BLOCK_BYTES) {
    signal.throwIfAborted();
    await read(block, offset);
    if (!block.equals(zeros)) digest.add(offset, createHash('sha256').update(block).digest());
  }
  return digest.finish(sizeBytes);
}

/** Whether both sides hold what the migration said that it made, and nothing else. */
export function checkNothingLeft({ vcenter, cloud }: DemoWorld, outcome: MigrationOutcome): ReportCheck {
  const { leases, sessions, machines } = vcenter.state();
  const { images, volumes, ports, servers, floatingIps, flavors } = cloud.state();
  const kept = {
    images: outcome.disks.flatMap(({ volumeId, imageId }) => (volumeId === null ? [imageId] : [])),
    volumes: outcome.disks.flatMap(({ volumeId }) => volumeId ?? []),
    ports: outcome.ports.map(({ id }) => id),
    servers: [outcome.serverId],
  };
  const made = { images, volumes, ports, servers };
  const left = [
    ...Object.entries(made).flatMap(([kind, things]) =>
      things
        .filter(({ id, name }) => !kept[kind as keyof typeof kept].includes(id) || (name ?? '').startsWith(TAG_PREFIX)) // the same keys
        .map(({ id }) => `${kind} ${id}`),
    ),
    ...floatingIps.map(({ address }) => `floating address ${address}`),
    ...flavors.map((name) => `flavor ${name}`),
    ...leases
      .filter(({ state }) => state === 'initializing' || state === 'ready')
      .map(({ machine }) => `lease of ${machine}`),
    ...machines.flatMap(({ snapshots }) => snapshots.filter((name) => name.startsWith(TAG_PREFIX))),
    ...(sessions === 0 ? [] : [`${sessions} sessions with the vCenter`]),
  ];
  const counts = Object.entries(made).map(([kind, things]) => `${things.length} ${kind}`);
  return {
    about: 'Both sides',
    claim: 'Nothing is left over on either side.',
    evidence:
      left.length === 0
        ? `The cloud has ${counts.join(', ')}, all of them the machine’s; the vCenter has no lease, snapshot or session.`
        : `Still there: ${left.join(', ')}.`,
    outcome: left.length === 0 ? 'passed' : 'failed',
  };
}

/** Whether the cloud's own books give the port the machine's MAC and the address that was chosen. */
export function checkPort({ cloud }: DemoWorld, { mac }: DemoMachine): ReportCheck {
  const found = cloud.state().ports.map((port) => ({
    mac: port.mac.toLowerCase(),
    addresses: port.fixedIps.map(({ ip_address }) => ip_address),
  }));
  const isRight = isDeepStrictEqual(found, [{ mac, addresses: [DEMO_NETWORKS.address] }]);
  const told = found.map((port) => [port.mac, ...port.addresses].join(' with '));
  return {
    about: 'Network',
    claim: 'The port has the machine’s MAC and the chosen address.',
    evidence: `In the cloud’s own books: ${told.join('; ')}.`,
    outcome: isRight ? 'passed' : 'failed',
  };
}

/** What `qemu-img check` says of the images, where it is installed. */
export async function checkImages(
  files: readonly string[],
  signal: AbortSignal,
  command = 'qemu-img',
): Promise<ReportCheck> {
  const check = { about: 'Images', claim: 'Another program finds the images sound.' };
  for (const file of files) {
    try {
      await promisify(execFile)(command, ['check', '-q', '-f', 'qcow2', file], { signal, timeout: TIMEOUT_MS });
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Error)) throw error;
      if ('code' in error && error.code === 'ENOENT')
        return { ...check, evidence: `${command} is not installed.`, outcome: 'not made' };
      return { ...check, evidence: error.message.slice(0, 500), outcome: 'failed' };
    }
  }
  return { ...check, evidence: `“${command} check” found no errors in ${files.length} files.`, outcome: 'passed' };
}

/** Whether the server that the cloud started was the machine, with all that it had. */
export function checkBoot(boot: BootResult | null, obstacle: string | null): ReportCheck {
  const check = { about: 'Guest', claim: 'The machine starts from the cloud’s disks and finds all that it had.' };
  if (boot === null) return { ...check, evidence: obstacle ?? 'No server was started.', outcome: 'not made' };
  if (!boot.tried) return { ...check, evidence: boot.reason, outcome: 'not made' };
  return {
    ...check,
    evidence: `${boot.ended} It took ${boot.seconds.toFixed(1)} s under emulation.`,
    outcome: boot.proved ? 'passed' : 'failed',
  };
}

export async function sha512Of(file: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha512');
  for await (const piece of createReadStream(file, { signal })) hash.update(piece as Buffer); // a stream without encoding gives buffers
  return hash.digest('hex');
}

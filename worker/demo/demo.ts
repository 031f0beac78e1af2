/** The job behind `guts demo`: moves a made-up machine from a small vCenter into a small OpenStack, and proves it every way there is; then another one from Hyper-V. */
import { randomBytes } from 'node:crypto';
import { mkdir, rm, stat } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import type { DemoJob, DemoResult } from '../../main/shared/demo.ts';
import type { InventoryVm } from '../../main/shared/inventory.ts';
import { GutsError } from '../../main/shared/errors.ts';
import {
  defaultOptions,
  MigrationId,
  type MigrationOutcome,
  type MigrationRequest,
} from '../../main/shared/migration.ts';
import { reportOf } from '../../main/shared/report-of.ts';
import type { KeptFile, MigrationReport, ReportCheck } from '../../main/shared/report.ts';
import type { OpenstackLab } from '../../test/lab/openstack/start.ts';
import { digestSource } from '../engine/digest.ts';
import type { JobContext } from '../engine/job-context.ts';
import { migrate } from '../engine/migrate/migrate.ts';
import { Shelf } from '../engine/migrate/shelf.ts';
import { plan } from '../move/plan-job.ts';
import { doorsTo } from '../move/sides.ts';
import { checkBoot, checkImages, checkNothingLeft, checkPort, checkUnchanged, sha512Of } from './checks.ts';
import { expectedDigest } from './expected-digest.ts';
import { moveFromHyperv } from './hyperv-move.ts';
import { CONSOLE_LOG, freeFolder, imageName, keepFile, keepText, namesOf } from './folder.ts';
import { remember, undo, undoDead, uploadsOf } from './ledger.ts';
import { demoMachine, VERIFIED_LINE, type DemoMachine } from './machine.ts';
import {
  BOOT_TIMEOUT_SECONDS,
  DEMO_DESTINATION,
  DEMO_NETWORKS,
  DEMO_SOURCE,
  startWorld,
  type DemoWorld,
} from './world.ts';

/**
 * Leaves the disks as the cloud held them and its console's log in the folder, and a ledger file that names them until the
 * report stands.
 * @throws GutsError; then nothing of the demo is left.
 */
export async function demo(job: DemoJob, context: JobContext): Promise<DemoResult> {
  const { dataDir, folder } = job;
  context.tellStage('planned');
  mustHaveLoopback();
  await undoDead(dataDir, folder);
  const machine = demoMachine(job.seed);
  const { isNew } = await freeFolder(folder, machine);
  const migration = MigrationId.parse(`mig_${randomBytes(6).toString('hex')}`);
  const ledger = await remember(dataDir, { folder, madeFolder: isNew, files: namesOf(machine), migration });
  try {
    const uploads = uploadsOf(ledger);
    await mkdir(folder, { recursive: true });
    await mkdir(uploads, { mode: 0o700 });
    const report = await moveAndProve(job, machine, migration, uploads, context);
    await rm(uploads, { recursive: true, force: true });
    context.tellStage('done');
    return { report, ledger };
  } catch (error) {
    await undo(dataDir, ledger);
    throw error;
  }
}

/** Both sides are servers on this computer. */
class NoLoopbackError extends GutsError {
  readonly code = 'demo.no-loopback';
  readonly remedy = 'Turn it on and run again; on Linux, as root: ip link set lo up.';
}

function mustHaveLoopback(): void {
  const isUp = Object.values(networkInterfaces()).some((list) => list?.some(({ internal }) => internal) === true);
  if (!isUp) throw new NoLoopbackError('The loopback interface of this computer is off.');
}

async function moveAndProve(
  { folder, lanes, dataDir, version, seed }: DemoJob,
  machine: DemoMachine,
  migration: MigrationId,
  uploads: string,
  context: JobContext,
): Promise<MigrationReport> {
  const { signal } = context;
  const blocks = machine.disks.map((disk) => [...disk.extents()]);
  const digests = machine.disks.map(({ sizeBytes }, index) =>
    expectedDigest({ sizeBytes, extents: () => blocks[index] ?? [] }),
  );
  await using world = await startWorld(machine, blocks, uploads);
  const { vcenter, cloud, source, destination } = world;
  const before = vcenter.state().machines;

  const shelf = new Shelf(dataDir);
  const doors = doorsTo({ source, destination });
  // The demo has stages of its own before and after those of its migration.
  const own: JobContext = {
    ...context,
    tellStage: (stage) => {
      if (stage !== 'planned' && stage !== 'done') context.tellStage(stage);
    },
  };
  const record = await migrate({ request: requestFor(world, machine, migration), lanes }, { shelf, doors, plan }, own);
  const { outcome } = record;
  if (outcome === null) throw new Error(`the migration of the demo ended as “${record.stage}”`);
  const { vm, about } = await shelf.one(migration);

  const contents = new Map<string, { before: string; after: string }>();
  const files: KeptFile[] = [];
  let isAsSent = true;
  for (const [index, { key, label, volumeId, sha512: sent }] of inOrder(outcome, vm).entries()) {
    const disk = diskAt(cloud, outcome.serverId, volumeId);
    if (disk === undefined) throw new Error(`the cloud has lost ${label}`);
    const from = { input: disk.path, from: disk.format, allowFrom: [] };
    const { disks } = await digestSource({ kind: 'digest', ...from, lanes }, noProgress, signal);
    contents.set(key, { before: digests[index] ?? '', after: disks[0]?.contentDigest ?? '' });
    const path = await keepFile(disk.path, folder, imageName(index));
    const sha512 = await sha512Of(path, signal);
    files.push({ path, what: label, sizeBytes: (await stat(path)).size, sha512 });
    isAsSent &&= sha512 === sent;
  }
  const server = cloud.state().servers.find(({ id }) => id === outcome.serverId);
  await keepText(server?.console ?? '', folder, CONSOLE_LOG);

  const checks = [
    checkBoot(world.boot(), world.obstacle),
    checkKept(files, isAsSent),
    await checkImages(
      files.map(({ path }) => path),
      signal,
    ),
    checkPort(world, machine),
    await checkUnchanged(world, machine, before, digests, signal),
    checkNothingLeft(world, outcome),
    await moveFromHyperv(world, { seed, folder: uploads, lanes }, context),
  ];
  return reportOf({
    record,
    vm,
    source: { connection: 'simulated', address: source.connection.url, about: about?.source ?? null },
    destination: { connection: 'simulated', address: cloud.authUrl, about: about?.destination ?? null },
    versions: { guts: version, node: process.version, platform: `${process.platform} ${process.arch}` },
    checks,
    contents,
    files,
  });
}

/** It takes a second, and the files' names would say nothing to anybody. */
const noProgress = (): void => {};

/** As an operator would ask who leaves everything to Guts but the network and the address. */
function requestFor({ vcenter, obstacle }: DemoWorld, { name }: DemoMachine, id: MigrationId): MigrationRequest {
  const found = vcenter.state().machines.find((machine) => machine.name === name);
  if (found === undefined) throw new Error(`the vCenter of the demo has no machine “${name}”`);
  const { from, to, address } = DEMO_NETWORKS;
  return {
    id,
    source: DEMO_SOURCE,
    destination: DEMO_DESTINATION,
    vm: { ref: found.ref, name },
    options: {
      ...defaultOptions,
      networks: [{ from, to, ip: address }],
      bootTimeoutSeconds: obstacle === null ? BOOT_TIMEOUT_SECONDS : 0,
      consoleMarker: VERIFIED_LINE,
    },
    createdAt: new Date().toISOString(),
  };
}

/** The bytes of a disk as the cloud holds them: of a volume, or what the server boots from. */
function diskAt(cloud: OpenstackLab, serverId: string, volumeId: string | null) {
  return volumeId === null ? cloud.serverDisks(serverId)[0] : (cloud.volumeDisk(volumeId) ?? undefined);
}

function checkKept(files: readonly KeptFile[], isAsSent: boolean): ReportCheck {
  return {
    about: 'Images',
    claim: 'The kept files are byte for byte what was sent.',
    evidence: `SHA-512 of ${files.map(({ sizeBytes }) => sizeBytes).join(' and ')} bytes, read once more.`,
    outcome: isAsSent ? 'passed' : 'failed',
  };
}

/** As the machine has its disks: the engine lists them as they were done. */
function inOrder({ disks }: MigrationOutcome, vm: InventoryVm | null): MigrationOutcome['disks'] {
  const keys = (vm?.disks ?? []).map(({ key }) => key);
  return [...disks].sort((a, b) => keys.indexOf(a.key) - keys.indexOf(b.key));
}

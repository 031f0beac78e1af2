/** The demo's second move: a small machine of a Hyper-V host, whose disk lies in two files, one above a checkpoint. */
import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { HypervConnection, SourceId, type SourceSignIn } from '../../main/shared/connections.ts';
import { defaultOptions, MigrationId, type MigrationRequest } from '../../main/shared/migration.ts';
import type { ReportCheck } from '../../main/shared/report.ts';
import { heldContent } from '../../test/lab/content.ts';
import { startHyperv, type Hyperv } from '../../test/lab/hyperv/hyperv.ts';
import { digestSource } from '../engine/digest.ts';
import type { JobContext } from '../engine/job-context.ts';
import { migrate } from '../engine/migrate/migrate.ts';
import { Shelf } from '../engine/migrate/shelf.ts';
import { plan } from '../move/plan-job.ts';
import { doorsTo } from '../move/sides.ts';
import { noise, PAGE_BYTES, records, type Content } from './content.ts';
import { expectedDigest } from './expected-digest.ts';
import { BLOCK_BYTES, blocksOf, type DemoExtent } from './regions.ts';
import { DEMO_DESTINATION, DEMO_NETWORKS, type DemoWorld } from './world.ts';

export const DEMO_HOST = SourceId.parse('src_gutsdemo0001');
export const HYPERV_MACHINE = 'guts-demo-hyperv';
const MiB = 1024 * 1024;
const DISK_BYTES = 64 * MiB;
const ADDRESS = '192.0.2.78';

export interface HypervMove {
  /** Made from it. */
  readonly seed: number;
  /** For the migration's journal, which nobody needs afterwards. */
  readonly folder: string;
  readonly lanes: number;
}

/** Moves it into the same cloud, whose books the checks of the first move have been made with already. */
export async function moveFromHyperv(
  { cloud, destination }: DemoWorld,
  { seed, folder, lanes }: HypervMove,
  context: JobContext,
): Promise<ReportCheck> {
  const before = [...blocksAt(0, records(seed + 11, 3 * MiB)), ...blocksAt(40 * MiB, noise(seed + 12, MiB))];
  const after = [...blocksAt(2 * MiB, noise(seed + 13, MiB)), ...blocksAt(DISK_BYTES - MiB, records(seed + 14, MiB))];
  await using host = await startHost(before);
  for (const { offset, bytes } of after) await host.write(HYPERV_MACHINE, 0, offset, bytes);
  const standing = host.state().machines;

  const doors = doorsTo({ source: signInTo(host), destination });
  const silent: JobContext = { ...context, tellStage: () => {}, tellProgress: () => {} };
  const record = await migrate({ request: requestFor(host), lanes }, { shelf: new Shelf(folder), doors, plan }, silent);
  const [disk] = record.outcome === null ? [] : cloud.serverDisks(record.outcome.serverId);
  if (disk === undefined) throw new Error(`the second migration of the demo ended as “${record.stage}”`);

  const from = { input: disk.path, from: disk.format, allowFrom: [] };
  const { disks } = await digestSource({ kind: 'digest', ...from, lanes }, () => {}, context.signal);
  const blocks = new Map([...before, ...after].map((extent) => [extent.offset, extent]));
  const expected = expectedDigest({
    sizeBytes: DISK_BYTES,
    extents: () => [...blocks.values()].sort((a, b) => a.offset - b.offset),
  });
  return check(host, isDeepStrictEqual(host.state().machines, standing), disks[0]?.contentDigest === expected);
}

function check(host: Hyperv, isUnchanged: boolean, isSame: boolean): ReportCheck {
  const { shells, smb } = host.state();
  const isLeft = shells > 0 || smb.sessions > 0 || smb.openFiles.length > 0;
  const wrong = [
    ...(isSame ? [] : ['the content digest in the cloud is another']),
    ...(isUnchanged ? [] : ['machines of the host are not as they were']),
    ...(isLeft ? [`${shells} shells and ${smb.sessions} sessions are left on the host`] : []),
  ];
  return {
    about: 'Hyper-V',
    claim: 'A machine of a Hyper-V host arrives in the same way, and the host is as it was.',
    evidence:
      wrong.length === 0
        ? `${HYPERV_MACHINE} of ${host.name}: ${smb.bytes} bytes of a VHDX and of the AVHDX above its checkpoint were read over SMB, encrypted; the content digest in the cloud is the one expected; no shell, session or checkpoint is left.`
        : `${wrong.join('; ')}.`,
    outcome: wrong.length === 0 ? 'passed' : 'failed',
  };
}

async function startHost(blocks: readonly DemoExtent[]): Promise<Hyperv> {
  return await startHyperv({
    machines: [
      {
        name: HYPERV_MACHINE,
        secureBoot: null,
        cpus: 1,
        memoryBytes: 256 * MiB,
        disks: [{ sizeBytes: DISK_BYTES, content: heldContent('the disk of Hyper-V', DISK_BYTES, blocks) }],
        cards: [{ switch: DEMO_NETWORKS.from }],
        checkpoints: ['before the last changes'],
      },
    ],
  });
}

function signInTo({ httpUrl, user, password, fingerprint, smbPort }: Hyperv): SourceSignIn {
  const connection = HypervConnection.parse({
    id: DEMO_HOST,
    name: 'demo Hyper-V',
    kind: 'hyperv',
    url: httpUrl,
    userName: user,
    signInBy: 'ntlm',
    trust: { kind: 'pinned', sha256: fingerprint },
    proxy: null,
    disks: { smbPort, encrypt: true, places: [] },
    createdAt: new Date().toISOString(),
    about: null,
  });
  return { connection, secret: password };
}

/** Whether a server starts was seen with the first machine; this one has nothing that could. */
function requestFor(host: Hyperv): MigrationRequest {
  const [machine] = host.state().machines;
  const { from, to } = DEMO_NETWORKS;
  return {
    id: MigrationId.parse(`mig_${randomBytes(6).toString('hex')}`),
    source: DEMO_HOST,
    destination: DEMO_DESTINATION,
    vm: { ref: machine?.id ?? '', name: HYPERV_MACHINE },
    options: { ...defaultOptions, networks: [{ from, to, ip: ADDRESS }], bootTimeoutSeconds: 0 },
    createdAt: new Date().toISOString(),
  };
}

/** Content straight on the disk, in whole blocks. */
const blocksAt = (offset: number, content: Content): Generator<DemoExtent> =>
  blocksOf([
    {
      offset,
      length: Math.ceil(content.sizeBytes / BLOCK_BYTES) * BLOCK_BYTES,
      fill(into, at) {
        for (let done = 0; done < into.byteLength; done += PAGE_BYTES)
          content.page((at + done) / PAGE_BYTES, into.subarray(done, done + PAGE_BYTES));
      },
    },
  ]);

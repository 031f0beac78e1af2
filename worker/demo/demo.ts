/** The job behind `guts demo`: packs the made-up machine, migrates it on the local route, and proves it every way there is. */
import { mkdir } from 'node:fs/promises';
import * as path from 'node:path';
import type { DemoJob, DemoResult } from '../../main/shared/demo.ts';
import type { ConvertedDisk } from '../../main/shared/jobs.ts';
import { mayStart, type Finding } from '../../main/shared/preflight.ts';
import type { MigrationReport, ReportDisk, SourceFile } from '../../main/shared/report.ts';
import type { Stage } from '../../main/shared/stages.ts';
import { openContainer } from '../containers/open.ts';
import { convert } from '../engine/convert.ts';
import { digestSource } from '../engine/digest.ts';
import type { JobContext } from '../engine/job-context.ts';
import { sweep } from '../engine/sweep.ts';
import { check, PreflightBlockedError } from '../preflight/check.ts';
import { gatherLocalRoute } from '../preflight/facts.ts';
import { localRules } from '../preflight/rules.ts';
import { bootAndListen } from './boot.ts';
import { checkImages, checkUnchanged } from './checks.ts';
import { expectedDigest } from './expected-digest.ts';
import { finalNames, freeFolder, namesOf } from './folder.ts';
import { remember, undo, undoDead } from './ledger.ts';
import { demoMachine, RUNNING_LINE, VERIFIED_LINE, WRONG_LINE, type DemoMachine } from './machine.ts';
import { packageName, packOva, type PackedOva } from './pack.ts';
import { placeDomain } from './place.ts';

/** Ten times what a slow computer needs under emulation. */
const BOOT_TIMEOUT_MS = 120_000;

/**
 * Leaves package, disks and domain in the folder, and a ledger file that names them until the report stands.
 * @throws GutsError; then nothing of the demo is left.
 */
export async function demo(job: DemoJob, context: JobContext): Promise<DemoResult> {
  // Conversions first: finishing one may give files their names, which the demo's own ledger then removes.
  await sweep(job.dataDir, 'any other job');
  await undoDead(job.dataDir, job.folder);
  const machine = demoMachine(job.seed);
  const { isNew } = await freeFolder(job.folder, machine);
  const ledger = await remember(job.dataDir, { folder: job.folder, madeFolder: isNew, files: namesOf(machine) });
  try {
    await mkdir(job.folder, { recursive: true });
    return { report: await new Demo(job, machine, context).run(), ledger };
  } catch (error) {
    await undo(ledger);
    throw error;
  }
}

class Demo {
  readonly #job: DemoJob;
  readonly #machine: DemoMachine;
  readonly #context: JobContext;
  readonly #package: string;
  readonly #timeline: MigrationReport['timeline'] = [];

  constructor(job: DemoJob, machine: DemoMachine, context: JobContext) {
    this.#job = job;
    this.#machine = machine;
    this.#context = context;
    this.#package = path.join(job.folder, packageName(machine));
  }

  async run(): Promise<MigrationReport> {
    const { version, folder, lanes, dataDir } = this.#job;
    const { signal } = this.#context;
    this.#enter('planned', `A machine with ${this.#machine.disks.length} disks is made and packed as an OVA.`);
    const packed = await packOva(this.#machine, folder, signal);

    this.#enter('preflight', `${localRules.length} rules are held against the facts.`);
    const { findings, files } = await this.#preflight(packed);

    const output = path.join(folder, `${this.#machine.vm.name}.qcow2`);
    const from = { input: this.#package, from: null, allowFrom: [] };
    const to = { output, to: 'qcow2', compress: true, verify: 'content', sha512: true, force: false } as const;
    const converted = await convert({ kind: 'convert', ...from, ...to, dataDir, lanes }, this.#forConvert());
    const { vm } = converted;
    if (vm === null) throw new Error('The package lost its machine.');
    const disks: ReportDisk[] = [];
    for (const [index, disk] of converted.disks.entries()) disks.push(await this.#withContent(disk, index));
    const domain = await placeDomain(vm, converted.disks, folder);
    const checks = [
      domain.check,
      await checkUnchanged(this.#package, packed.sha256, signal),
      await checkImages(
        converted.disks.map((disk) => disk.output),
        signal,
      ),
    ];
    const boot = await bootAndListen(
      converted.disks.map((disk) => ({ path: disk.output, format: 'qcow2' })),
      { expect: [RUNNING_LINE, VERIFIED_LINE], refuse: [WRONG_LINE], timeoutMs: BOOT_TIMEOUT_MS, signal },
    );
    this.#enter('done');

    return {
      reportVersion: 1,
      title: vm.name,
      versions: { guts: version, node: process.version, platform: `${process.platform} ${process.arch}` },
      startedAt: this.#timeline[0]?.at ?? '',
      finishedAt: this.#timeline.at(-1)?.at ?? '',
      source: { path: this.#package, what: 'OVA package', vm, files },
      destination: {
        route: 'local files',
        folder,
        files: [
          ...disks.map((disk, index) => ({
            path: disk.output,
            what: `Disk ${index + 1}`,
            sizeBytes: disk.outputBytes,
            sha512: disk.sha512,
          })),
          domain.file,
        ],
      },
      mapping: [...domain.mapping],
      verify: to.verify,
      disks,
      checks,
      findings,
      timeline: this.#timeline,
      boot: boot.tried ? { ...boot, lines: [...boot.lines] } : boot,
      leftBehind: [],
    };
  }

  /** @throws PreflightBlockedError */
  async #preflight(packed: PackedOva): Promise<{ findings: Finding[]; files: SourceFile[] }> {
    const { signal } = this.#context;
    const { folder } = this.#job;
    await using source = await openContainer(this.#package, { signal });
    const disks = source.disks.map((disk) => ({
      name: disk.facts.file ?? disk.facts.id,
      storedBytes: disk.member?.source.sizeBytes ?? null,
      open: async () => await disk.openImage(signal),
    }));
    const manifest = { state: source.manifest === null ? 'missing' : 'present' } as const;
    const facts = await gatherLocalRoute(
      {
        vm: source.vm,
        disks,
        manifest,
        outputs: finalNames(this.#machine).map((name) => path.join(folder, name)),
        folder,
        mayReplace: false,
      },
      signal,
    );
    const findings = check(localRules, facts);
    if (!mayStart(findings)) throw new PreflightBlockedError(findings);

    // The conversion fails where the bytes are not what the manifest says; that the manifest says the same as the packer
    // is shown here.
    const files = packed.files.map(({ name, sizeBytes, sha256 }): SourceFile => {
      const listed = source.manifest?.get(name);
      const state = listed === undefined ? 'not-listed' : listed.hex === sha256 ? 'matches' : 'differs';
      return { name, sizeBytes, digest: { algorithm: 'sha256', hex: sha256 }, manifest: state };
    });
    return { findings, files };
  }

  /** What the machine's maker says that the guest must see, and what the written file gives when it is read on its own. */
  async #withContent(disk: ConvertedDisk, index: number): Promise<ReportDisk> {
    const { lanes } = this.#job;
    const { signal, tellProgress } = this.#context;
    const made = this.#machine.disks[index];
    const input = { input: disk.output, from: 'qcow2' as const, allowFrom: [] };
    const { disks } = await digestSource({ kind: 'digest', ...input, lanes }, tellProgress, signal);
    return {
      ...disk,
      contentBefore: made === undefined ? null : expectedDigest(made),
      contentAfter: disks[0]?.contentDigest ?? null,
    };
  }

  /** The conversion's own stages become the demo's, but for its first and its last, which are only a part's. */
  #forConvert(): JobContext {
    const shown: readonly Stage[] = ['queued', 'preparing', 'copying', 'verifying'];
    const tellStage = (stage: Stage): void => {
      if (shown.includes(stage)) this.#enter(stage);
    };
    return { ...this.#context, tellStage };
  }

  #enter(stage: Stage, note = ''): void {
    this.#timeline.push({ at: new Date().toISOString(), stage, note });
    this.#context.tellStage(stage);
  }
}

/** `guts convert`: any disk image or container to disk images that are proved. */
import * as path from 'node:path';
import { Option, type Command } from 'commander';
import { dataDir } from '../data-dir.ts';
import {
  OutputFormat,
  Verify,
  type ConvertedDisk,
  type ConvertResult,
  type OutputFormat as Format,
} from '../shared/jobs.ts';
import { things } from '../shared/figures.ts';
import { lanesOption, sourceOf, sourceOptions, type SourceFlags } from './options.ts';
import { runJob } from './run.ts';
import { UsageError } from './usage-error.ts';
import { duration, size } from './terminal.ts';

interface Flags extends SourceFlags {
  readonly to?: Format;
  readonly compress: boolean;
  readonly verify: Verify;
  readonly sha512: boolean;
  readonly force: boolean;
  readonly lanes: number;
}

export function addConvert(program: Command): void {
  const command = program
    .command('convert')
    .description('write any supported disk, OVA, OVF or VMX as disk images, and prove them')
    .argument('<in>', 'a disk image, an OVA, OVF, VMX or libvirt domain')
    .argument('<out>', 'the image to write, or a folder; several disks become OUT-disk1, OUT-disk2 …')
    .addOption(
      new Option('--to <format>', 'format to write (default: by the ending of OUT, else qcow2)').choices(
        OutputFormat.options,
      ),
    )
    .option('--compress', 'compressed clusters; blocks of a streamOptimized VMDK are carried over as they are', false)
    .addOption(
      new Option(
        '--verify <how>',
        'what to prove: written = read back; sums = the source’s own sums too; content = both sides’ digests too',
      )
        .choices(Verify.options)
        .default('sums'),
    )
    .option('--sha512', 'also compute the SHA-512 of each written file', false)
    .option('--force', 'replace files that are there', false)
    .addOption(lanesOption());
  sourceOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (input: string, output: string, flags: Flags) => {
      const to = flags.to ?? formatOf(output);
      if (flags.compress && to === 'raw')
        throw new UsageError('A raw image cannot be compressed: leave out --compress, or choose --to qcow2.');
      await runJob(
        command,
        {
          kind: 'convert',
          ...sourceOf(input, flags),
          output: path.resolve(output),
          to,
          compress: flags.compress,
          verify: flags.verify,
          sha512: flags.sha512,
          force: flags.force,
          dataDir: dataDir(),
          lanes: flags.lanes,
        },
        forPeople,
      );
    });
}

const EXAMPLES = `
Examples:
  $ guts convert appliance.ova appliance.qcow2 --compress
  $ guts convert disk.vhdx disk.qcow2 --verify content
  $ guts convert server-000002.vmdk server.raw --allow-from ../base
  $ guts convert machine.ova out/ --to qcow2 --json`;

/** Endings of images that Guts reads but does not write: a file of another format must not get such a name unasked. */
const NOT_WRITTEN = ['vhd', 'vhdx', 'avhd', 'avhdx', 'vdi', 'ova', 'ovf', 'vmx'];

function formatOf(output: string): Format {
  const ending = path.extname(output).slice(1).toLowerCase();
  if (NOT_WRITTEN.includes(ending)) {
    throw new UsageError(
      `Guts does not write .${ending} files: name OUT .qcow2, .raw or .vmdk, or say the format with --to.`,
    );
  }
  const found = OutputFormat.safeParse(ending === 'img' ? 'raw' : ending);
  return found.success ? found.data : 'qcow2';
}

function forPeople({ vm, disks, seconds, warnings, tidied }: ConvertResult): string {
  const lines: string[] = [];
  if (vm !== null)
    lines.push(
      `${vm.name}: ${vm.cpus} CPU, ${size(vm.memoryBytes)} memory, ${vm.firmware}, ${things(disks.length, 'disk')}, ${things(vm.nics.length, 'network card')}`,
    );
  for (const disk of disks) lines.push(...describe(disk));
  for (const file of tidied) lines.push(`removed what an earlier run had left: ${file}`);
  for (const warning of warnings) lines.push(`warning: ${warning}`);
  lines.push(`done in ${duration(seconds)}`);
  return `${lines.join('\n')}\n`;
}

function describe(disk: ConvertedDisk): string[] {
  const { source } = disk;
  return [
    `${disk.name} (${source.format} ${source.variant}, ${size(source.virtualSizeBytes)})`,
    `  → ${disk.output} (${disk.format}, ${size(disk.outputBytes)}${disk.adopted ? ', written by an earlier run' : ''})`,
    `  read ${size(disk.readBytes)}, wrote ${size(disk.writtenBytes)}, skipped ${size(disk.skippedBytes)}, ${duration(disk.seconds)}, ${disk.megabytesPerSecond.toFixed(0)} MB/s`,
    ...(disk.sha512 === null ? [] : [`  SHA-512 ${disk.sha512}`]),
    ...(disk.contentDigest === null ? [] : [`  content digest ${disk.contentDigest}`]),
    ...disk.proofs.map(({ claim, evidence }) => `  ✓ ${claim} ${evidence}`),
  ];
}

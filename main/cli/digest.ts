/** `guts digest`: the content digest of a disk, the same whatever format holds it. */
import type { Command } from 'commander';
import type { DigestResult } from '../shared/jobs.ts';
import { lanesOption, sourceOf, sourceOptions, type SourceFlags } from './options.ts';
import { runJob } from './run.ts';

export function addDigest(program: Command): void {
  const command = program
    .command('digest')
    .description('compute the content digest: equal digests mean that the guest sees equal disks')
    .argument('<in>', 'a disk image, or a container with disks')
    .addOption(lanesOption());
  sourceOptions(command)
    .addHelpText('after', '\nExamples:\n  $ guts digest disk.vhdx\n  $ guts digest disk.qcow2 --json')
    .action(async (input: string, flags: SourceFlags & { readonly lanes: number }) => {
      const { lanes } = flags;
      await runJob(command, { kind: 'digest', ...sourceOf(input, flags), lanes }, forPeople);
    });
}

function forPeople({ disks }: DigestResult): string {
  return disks.map(({ name, contentDigest }) => `${contentDigest}  ${name}\n`).join('');
}

/** `guts inspect`: what is inside a disk image, OVA, OVF or VMX. */
import type { Command } from 'commander';
import type { ImageFacts } from '../shared/disk.ts';
import type { InspectResult } from '../shared/jobs.ts';
import type { VmFacts } from '../shared/vm.ts';
import { sourceOf, sourceOptions, type SourceFlags } from './options.ts';
import { runJob } from './run.ts';
import { size } from './terminal.ts';

export function addInspect(program: Command): void {
  const command = program
    .command('inspect')
    .description('tell what is inside a disk image, OVA, OVF, VMX or libvirt domain')
    .argument('<in>', 'the file to look into');
  sourceOptions(command)
    .addHelpText(
      'after',
      '\nExamples:\n  $ guts inspect appliance.ova\n  $ guts inspect disk.avhdx --allow-from ../parents --json',
    )
    .action(async (input: string, flags: SourceFlags) => {
      await runJob(command, { kind: 'inspect', ...sourceOf(input, flags) }, forPeople);
    });
}

function forPeople({ kind, vm, disks, warnings }: InspectResult): string {
  const lines = [
    ...(vm === null ? [] : machine(kind, vm)),
    ...disks.flatMap(({ name, image }) => [`disk ${name}`, ...about(image)]),
    ...warnings.map((text) => `warning: ${text}`),
  ];
  return `${lines.join('\n')}\n`;
}

function machine(kind: string, vm: VmFacts): string[] {
  return [
    `${vm.name} (${kind})`,
    `  ${vm.cpus} CPU, ${size(vm.memoryBytes)} memory, ${vm.firmware}${vm.secureBoot ? ' with secure boot' : ''}`,
    `  guest: ${vm.guestOsName ?? vm.guestOsId ?? 'not said'}`,
    ...vm.disks.map(
      (disk) =>
        `  disk ${disk.id}: ${disk.controller.kind} ${disk.controller.bus}:${disk.controller.unit}, ${disk.file ?? 'blank'}`,
    ),
    ...vm.nics.map(
      (nic) =>
        `  network card: ${nic.mac ?? 'new MAC'}, ${nic.network ?? 'no network'}, ${nic.model ?? 'model not said'}`,
    ),
  ];
}

function about(image: ImageFacts): string[] {
  const stored = image.allocatedBytes === null ? '' : `, ${size(image.allocatedBytes)} of them stored`;
  return [
    `  ${image.format} ${image.variant}, ${size(image.virtualSizeBytes)}${stored}, sectors of ${image.sectorSizeBytes} bytes`,
    ...(image.creator === null ? [] : [`  written by ${image.creator}`]),
    ...image.chain.slice(1).map((link) => `  on ${link.name} (${link.format} ${link.variant})`),
  ];
}

/** The job behind `guts inspect`: what a container or a disk image says of itself, without reading the disks. */
import type { InspectJob, InspectResult } from '../../main/shared/jobs.ts';
import { openSource } from './source.ts';

export async function inspect(job: InspectJob, signal: AbortSignal): Promise<InspectResult> {
  await using source = await openSource(job, signal);
  const disks: InspectResult['disks'] = [];
  for (const disk of source.disks) {
    await using image = await disk.openImage(signal);
    disks.push({ name: disk.name, image: image.facts });
  }
  const warnings = [
    ...(source.vm?.warnings ?? []),
    ...disks.flatMap(({ name, image }) => image.warnings.map((text) => `${name}: ${text}`)),
  ];
  return { input: job.input, kind: source.kind, vm: source.vm, disks, warnings };
}

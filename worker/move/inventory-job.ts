/** Tells a source's inventory page by page, and counts it. */
import type { SourceInventoryJob, SourceInventoryResult } from '../../main/shared/move-jobs.ts';
import type { JobContext } from '../engine/job-context.ts';
import { openSource } from './sides.ts';

export async function inventory(job: SourceInventoryJob, context: JobContext): Promise<SourceInventoryResult> {
  const beganMs = performance.now();
  await using source = await openSource(job, context.signal);
  const counts = { vms: 0, networks: 0, datastores: 0, hosts: 0 };
  const warnings: string[] = [];
  for await (const page of source.inventory(context.signal)) {
    counts.vms += page.vms.length;
    counts.networks += page.networks.length;
    counts.datastores += page.datastores.length;
    counts.hosts += page.hosts.length;
    warnings.push(...page.warnings);
    context.tellPage(page);
  }
  return { about: source.about, ...counts, warnings, seconds: (performance.now() - beganMs) / 1000 };
}

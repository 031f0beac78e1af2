/** What preflight must find in a machine of a lab, held against what it finds through the real driver and plan. */
import { defaultOptions, type MigrationOptions } from '../../main/shared/migration.ts';
import type { Checked, Severity } from '../../main/shared/preflight.ts';
import type { SourceDriver } from '../../worker/drivers.ts';
import { planMigration } from '../../worker/plan/plan.ts';
import { cloud, flavor } from '../plan/sample.ts';

/** The rule, its weight, and a part of what it points at. */
export type Expected = readonly [id: string, severity: Severity, evidence: string];

/** Has room for any machine, so that whatever is found is the machine's own. */
const roomyCloud = cloud({ flavors: [flavor('any', 256, 8 * 1024 * 1024, 100_000)] });

/** As a plan is made: the machine is described, its surroundings asked for, every rule held against both. */
export async function checkedAt(
  source: SourceDriver,
  ref: string,
  change: Partial<MigrationOptions>,
  signal: AbortSignal,
): Promise<Checked> {
  const options = { ...defaultOptions, ...change };
  const vm = await source.describe(ref, signal);
  const [surroundings, missingPrivileges] = await Promise.all([
    source.surroundingsOf(vm, signal),
    source.missingPrivileges(vm, options, signal),
  ]);
  const readings = source.readings(vm, options);
  return planMigration({ vm, ...surroundings, cloud: roomyCloud, options, readings, missingPrivileges });
}

/** All that is expected is found; beyond it, whatever informs or warns may be, and nothing that blocks. What is otherwise, in words. */
export function wrongIn({ findings }: Checked, expected: readonly Expected[]): string[] {
  const missing = expected.flatMap(([id, severity, evidence]) => {
    const found = findings.find((finding) => finding.id === id);
    if (found === undefined) return [`${id} is not found`];
    const about = found.about.join('; ');
    const isAsExpected = found.severity === severity && about.includes(evidence);
    return isAsExpected ? [] : [`${id} ${found.severity}: ${about}, and not ${severity}: ${evidence}`];
  });
  const isExpected = (id: string): boolean => expected.some(([one]) => one === id);
  const unexpected = findings.filter(({ id, severity }) => severity === 'blocks' && !isExpected(id));
  return [...missing, ...unexpected.map(({ id, about }) => `${id} blocks: ${about.join('; ')}`)];
}

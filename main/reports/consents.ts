/** Who wrote which move down, and with it which warnings were accepted, as the audit log has it. */
import type { AuditPlace } from '../access/audit-book.ts';
import type { MigrationId } from '../shared/migration.ts';
import type { Consent } from '../shared/report-of.ts';
import { Breather } from '../store/breather.ts';

export interface Wanted {
  readonly id: MigrationId;
  readonly createdAt: string;
  /** The plan by whose start it came to be. */
  readonly plan: { readonly id: string; readonly name: string } | null;
}

/** Those of whom nothing is written are left out. @throws where the log cannot be read, or the signal’s reason */
export async function consentsFor(
  audit: Pick<AuditPlace, 'entries'>,
  wanted: readonly Wanted[],
  signal: AbortSignal,
): Promise<ReadonlyMap<MigrationId, Consent>> {
  const consents = new Map<MigrationId, Consent>();
  if (wanted.length === 0) return consents;
  const alone = new Map<string, Wanted>(wanted.map((one) => [one.id, one]));
  const planned = byPlan(wanted);
  const oldest = wanted.reduce(
    (least, { createdAt }) => (createdAt < least ? createdAt : least),
    wanted[0]?.createdAt ?? '',
  );
  const breather = new Breather();
  for await (const { what, about, who, at, result } of audit.entries()) {
    if (breather.isDue) {
      await breather.breathe();
      signal.throwIfAborted();
    }
    if (at < oldest) break; // whoever wrote it down had done so before
    if (result !== 'done') continue;
    const consent = { by: who, at };
    const own = what === 'migrations.create' ? alone.get(about['id'] ?? '') : undefined;
    if (own !== undefined) consents.set(own.id, consent);
    // Newest first: the last that is kept is the first start after the migration was written down.
    if (what === 'plans.start')
      for (const one of planned.get((about['plan'] ?? '').toLowerCase()) ?? [])
        if (at >= one.createdAt) consents.set(one.id, consent);
  }
  return consents;
}

/** By the name of the plan and by its id: a start may name either. */
function byPlan(wanted: readonly Wanted[]): ReadonlyMap<string, readonly Wanted[]> {
  const found = new Map<string, Wanted[]>();
  for (const one of wanted)
    for (const key of one.plan === null ? [] : [one.plan.id, one.plan.name.toLowerCase()]) {
      const others = found.get(key);
      if (others === undefined) found.set(key, [one]);
      else others.push(one);
    }
  return found;
}

/** A machine as the inventory's table shows it: what its source says, with its plan and its migration. */
import type { SourceConnection, SourceId, SourceKind } from '../../../main/shared/connections.ts';
import type { MigrationId } from '../../../main/shared/migration.ts';
import type { MigrationRow } from '../../../main/shared/migration-row.ts';
import type { InstanceRow } from '../../../main/shared/operations/inventory.ts';
import type { Plan } from '../../../main/shared/plans.ts';
import type { Stage } from '../../../main/shared/stages.ts';

export interface MachineRow extends InstanceRow {
  readonly key: string;
  readonly sourceName: string;
  /** Of its source. */
  readonly kind: SourceKind;
  readonly plan: string | null;
  /** The newest one of it. */
  readonly migration: MigrationId | null;
  readonly stage: Stage | null;
}

export const keyOf = ({ source, ref }: { readonly source: string; readonly ref: string }): string => `${source}/${ref}`;

interface Beside {
  readonly plan: string | null;
  readonly migration: MigrationId | null;
  readonly stage: Stage | null;
}
const nothing: Beside = { plan: null, migration: null, stage: null };

/** Joins machines with what becomes of them. A row stays the same object until something of it has changed. */
export class MachineRows {
  readonly #known = new WeakMap<InstanceRow, MachineRow>();
  #last: readonly MachineRow[] = [];

  of(
    machines: readonly InstanceRow[],
    sources: ReadonlyMap<SourceId, Pick<SourceConnection, 'name' | 'kind'>>,
    plans: readonly Plan[],
    migrations: readonly MigrationRow[],
  ): readonly MachineRow[] {
    const beside = besideOf(plans, migrations);
    const rows = machines.map((machine) => {
      const key = keyOf(machine);
      const source = sources.get(machine.source);
      const sourceName = source?.name ?? machine.source;
      const kind = source?.kind ?? (machine.hyperv === undefined ? 'vsphere' : 'hyperv');
      const { plan, migration, stage } = beside.get(key) ?? nothing;
      const known = this.#known.get(machine);
      const isSame =
        known?.plan === plan &&
        known.migration === migration &&
        known.stage === stage &&
        known.sourceName === sourceName;
      if (known !== undefined && isSame) return known;
      const row: MachineRow = Object.freeze({ ...machine, key, sourceName, kind, plan, migration, stage });
      this.#known.set(machine, row);
      return row;
    });
    const isSame = rows.length === this.#last.length && rows.every((row, at) => row === this.#last[at]);
    if (!isSame) this.#last = rows;
    return this.#last;
  }
}

function besideOf(plans: readonly Plan[], migrations: readonly MigrationRow[]): Map<string, Beside> {
  const all = new Map<string, Beside>();
  const names = new Map<string, string>(plans.map(({ id, name }) => [id, name]));
  for (const { id, vm, source, plan, stage } of migrations) {
    const key = keyOf({ source, ref: vm.ref });
    if (all.has(key)) continue; // a newer one
    all.set(key, { plan: plan === null ? null : (names.get(plan) ?? null), migration: id, stage });
  }
  for (const { name, source, machines } of plans)
    for (const { vm, migration } of machines) {
      const key = keyOf({ source, ref: vm.ref });
      if (migration === null) all.set(key, { ...(all.get(key) ?? nothing), plan: name });
    }
  return all;
}

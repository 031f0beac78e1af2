/** All machines of all sources, with their plans and migrations; loads what is not loaded yet. */
import { useEffect, useMemo, useState } from 'react';
import type { SourceConnection } from '../../../main/shared/connections.ts';
import { plans } from '../../state/connections.ts';
import { lookAt, useInventory, type SourceInventory } from '../../state/inventory.ts';
import { useMigrations } from '../../state/migrations.ts';
import { mayAs, useSession } from '../../state/session.ts';
import { MachineRows, type MachineRow } from './machine-row.ts';

export interface SourceView {
  readonly source: SourceConnection;
  readonly inventory: SourceInventory;
}

interface Machines {
  readonly sources: readonly SourceView[];
  readonly rows: readonly MachineRow[];
  /** Nothing is known yet of any source. */
  readonly isLoading: boolean;
}

export function useMachines(connections: readonly SourceConnection[]): Machines {
  const mayRefresh = useSession((view) => mayAs(view, 'operator'));
  const bySource = useInventory((state) => state.bySource);
  const planned = plans.use();
  const ids = useMigrations((state) => state.ids);
  const byId = useMigrations((state) => state.byId);
  const [joint] = useState(() => new MachineRows());

  useEffect(() => {
    lookAt(
      connections.map(({ id }) => id),
      mayRefresh,
    );
  }, [connections, mayRefresh]);

  const sources = useMemo(
    () =>
      connections.flatMap((source) => {
        const inventory = bySource[source.id];
        return inventory === undefined ? [] : [{ source, inventory }];
      }),
    [connections, bySource],
  );
  const machines = useMemo(() => sources.flatMap(({ inventory }) => inventory.rows), [sources]);
  const byConnection = useMemo(() => new Map(connections.map((one) => [one.id, one])), [connections]);
  const rows = useMemo(
    () =>
      joint.of(
        machines,
        byConnection,
        planned.state === 'known' ? planned.value : [],
        ids.flatMap((id) => byId[id] ?? []),
      ),
    [joint, machines, byConnection, planned, ids, byId],
  );
  const isLoading =
    sources.length < connections.length ||
    (rows.length === 0 && sources.some(({ inventory }) => inventory.isLoading || inventory.isRefreshing));
  return { sources, rows, isLoading };
}

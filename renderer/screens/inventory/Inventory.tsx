/** Every machine of every source: looked for, narrowed, chosen, and sent on its way. */
import { Button } from '@mantine/core';
import { IconListTree, IconPlus, IconRefresh, IconTableImport } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import type { SourceConnection } from '../../../main/shared/connections.ts';
import { Empty, Faces, Loading } from '../../parts/Faces.tsx';
import { MayButton, useWhyNot } from '../../parts/MayButton.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import type { RowAction } from '../../parts/table/column.ts';
import { DataTable } from '../../parts/table/DataTable.tsx';
import { go, pathOf } from '../../router.ts';
import { sources as sourceStore } from '../../state/connections.ts';
import { handOver } from '../../state/draft-machines.ts';
import { refresh } from '../../state/inventory.ts';
import { t } from '../../texts/t.ts';
import { machineColumns } from './columns.tsx';
import { ImportDialog } from './ImportDialog.tsx';
import classes from './Inventory.module.css';
import { keyOf, type MachineRow } from './machine-row.ts';
import { isAt, placesOf, type Way } from './places.ts';
import { PlaceTree } from './PlaceTree.tsx';
import { SourceLines } from './SourceLines.tsx';
import { useMachines } from './use-machines.ts';

export function Inventory() {
  const known = sourceStore.use();
  return (
    <Faces of={known} onRetry={() => void sourceStore.load()}>
      {(sources) => (sources.length === 0 ? <NoSource /> : <Machines sources={sources} />)}
    </Faces>
  );
}

function NoSource() {
  return (
    <>
      <PageHead title={t('inventory.title')} />
      <Empty
        title={t('inventory.noSource')}
        why={t('inventory.noSourceWhy')}
        action={
          <Button leftSection={<IconPlus size={16} aria-hidden="true" />} onClick={() => go('/connections/new/source')}>
            {t('inventory.addSource')}
          </Button>
        }
      />
    </>
  );
}

function Machines({ sources }: { readonly sources: readonly SourceConnection[] }) {
  const { sources: views, rows, isLoading } = useMachines(sources);
  const [way, setWay] = useState<Way>('cluster');
  const [place, setPlace] = useState<string | null>(null);
  const [hasTree, setHasTree] = useState(() => globalThis.innerWidth >= 1000);
  const [isImporting, setIsImporting] = useState(false);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());

  const hasSeveralKinds = new Set(sources.map(({ kind }) => kind)).size > 1;
  const columns = useMemo(() => machineColumns(hasSeveralKinds), [hasSeveralKinds]);
  const places = useMemo(() => placesOf(rows, way), [rows, way]);
  const there = useMemo(
    () => (place === null ? rows : rows.filter((row) => isAt(row, way, place))),
    [rows, way, place],
  );
  const off = useWhyNot('operator');
  const isBusy = views.some(({ inventory }) => inventory.isRefreshing);
  const actions = (some: readonly MachineRow[]): readonly RowAction<MachineRow>[] => [
    { id: 'move', title: t('inventory.move', { count: some.length }), isOff: off, run: move },
  ];

  return (
    <>
      <PageHead
        title={t('inventory.title')}
        actions={
          <>
            <Button
              size="xs"
              variant="default"
              aria-expanded={hasTree}
              leftSection={<IconListTree size={16} aria-hidden="true" />}
              onClick={() => setHasTree(!hasTree)}
            >
              {t('inventory.places')}
            </Button>
            <Button
              size="xs"
              variant="default"
              leftSection={<IconTableImport size={16} aria-hidden="true" />}
              onClick={() => setIsImporting(true)}
            >
              {t('inventory.import')}
            </Button>
            <MayButton
              size="xs"
              variant="default"
              takes="operator"
              loading={isBusy}
              leftSection={<IconRefresh size={16} aria-hidden="true" />}
              onClick={() => {
                for (const { id } of sources) void refresh(id);
              }}
            >
              {t('inventory.refresh')}
            </MayButton>
          </>
        }
      />
      <SourceLines views={views} off={off} />
      {isLoading && rows.length === 0 ? (
        <Loading />
      ) : (
        <div className={hasTree ? classes['both'] : undefined}>
          {hasTree && (
            <PlaceTree
              places={places}
              way={way}
              chosen={place}
              onWay={(next) => {
                setWay(next);
                setPlace(null);
              }}
              onChoose={setPlace}
            />
          )}
          <DataTable
            id="inventory"
            label={t('inventory.table')}
            example={t('inventory.example')}
            columns={columns}
            rows={there}
            keyOf={keyOf}
            firstSort={FIRST_SORT}
            selected={selected}
            onSelect={setSelected}
            actions={actions}
            onOpen={({ source, ref }) => go(pathOf('inventory', source, ref))}
            empty={<Empty title={t('inventory.noMachines')} why={t('inventory.noMachinesWhy')} />}
          />
        </div>
      )}
      {isImporting && (
        <ImportDialog
          rows={rows}
          onChoose={(keys) => {
            setPlace(null);
            setSelected(keys);
          }}
          onClose={() => setIsImporting(false)}
        />
      )}
    </>
  );
}

const FIRST_SORT = { column: 'name', isDown: false };

function move(machines: readonly MachineRow[]): void {
  handOver(machines);
  go('/plans/new');
}

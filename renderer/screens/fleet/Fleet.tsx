/** Where migrations run: this daemon's machine and the workers, and what each is at. */
import { useMemo, useState } from 'react';
import { isWorker } from '../../../main/shared/node-state.ts';
import type { NodeFacts } from '../../../main/shared/schedule.ts';
import { Empty, Faces } from '../../parts/Faces.tsx';
import { useWhyNot } from '../../parts/MayButton.tsx';
import type { RowAction } from '../../parts/table/column.ts';
import { DataTable } from '../../parts/table/DataTable.tsx';
import { t } from '../../texts/t.ts';
import { HealthTabs } from '../health/HealthTabs.tsx';
import { nodeColumns } from './columns.tsx';
import { HowToJoin } from './HowToJoin.tsx';
import { NodeDialog, type NodeDeed } from './NodeDialog.tsx';
import { useNodes } from './nodes.ts';

const keyOf = ({ id }: NodeFacts): string => id;

export function Fleet() {
  const { of, load } = useNodes();
  return (
    <HealthTabs current="fleet">
      <Faces of={of} onRetry={load}>
        {(nodes) => <Nodes nodes={nodes} onChanged={load} />}
      </Faces>
    </HealthTabs>
  );
}

function Nodes({ nodes, onChanged }: { readonly nodes: readonly NodeFacts[]; readonly onChanged: () => void }) {
  const columns = useMemo(() => nodeColumns(), []);
  const whyNot = useWhyNot('admin');
  const [asked, setAsked] = useState<{ readonly deed: NodeDeed; readonly node: NodeFacts } | null>(null);
  const actionsOf = (rows: readonly NodeFacts[]): readonly RowAction<NodeFacts>[] => {
    const [node, ...others] = rows;
    if (node === undefined) return [];
    const several = others.length > 0 ? t('fleet.oneAtATime') : null;
    const own = isWorker(node) ? null : t('fleet.notThis');
    const { isDraining = false, isAlive } = node;
    const action = (deed: NodeDeed, isOff: string | null = null): RowAction<NodeFacts> => ({
      id: deed,
      title: t(`fleet.do.${deed}`),
      isDangerous: deed === 'forget',
      isOff: several ?? whyNot ?? own ?? isOff,
      run: () => setAsked({ deed, node }),
    });
    return [action(isDraining ? 'undrain' : 'drain'), action('forget', isAlive ? t('fleet.stillUp') : null)];
  };

  return (
    <>
      <DataTable
        id="fleet"
        label={t('fleet.title')}
        columns={columns}
        rows={nodes}
        keyOf={keyOf}
        actions={actionsOf}
        firstSort={{ column: 'node', isDown: false }}
        empty={<Empty title={t('fleet.noneTitle')} why={t('fleet.noneWhy')} />}
      />
      {!nodes.some(isWorker) && <HowToJoin />}
      {asked !== null && <NodeDialog {...asked} onDone={onChanged} onClose={() => setAsked(null)} />}
    </>
  );
}

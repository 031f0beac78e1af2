/** Where machines come from and where they go: every source and every cloud in one table. */
import { Group } from '@mantine/core';
import { IconCloudPlus, IconServerBolt } from '@tabler/icons-react';
import { Empty, Faces } from '../../parts/Faces.tsx';
import { MayButton } from '../../parts/MayButton.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { DataTable } from '../../parts/table/DataTable.tsx';
import { go } from '../../router.ts';
import { useTests } from '../../state/tests.ts';
import { t } from '../../texts/t.ts';
import { useConnectionActions } from './actions.tsx';
import { columnsOf } from './columns.tsx';
import { pageOf, reloadConnections, useConnections } from './rows.ts';

export function Connections() {
  const connections = useConnections();
  const tests = useTests();
  const { actionsOf, dialog } = useConnectionActions();

  return (
    <>
      <PageHead title={t('connections.title')} actions={<AddButtons />} />
      <Faces of={connections} onRetry={() => void reloadConnections()}>
        {(rows) => (
          <DataTable
            id="connections"
            label={t('connections.title')}
            columns={columnsOf(tests)}
            rows={rows}
            keyOf={({ id }) => id}
            onOpen={(row) => go(pageOf(row))}
            actions={actionsOf}
            firstSort={{ column: 'name', isDown: false }}
            empty={
              <Empty title={t('connections.emptyTitle')} why={t('connections.emptyWhy')} action={<AddButtons />} />
            }
          />
        )}
      </Faces>
      {dialog}
    </>
  );
}

function AddButtons() {
  return (
    <Group gap="xs">
      <MayButton
        takes="admin"
        leftSection={<IconServerBolt size={18} aria-hidden="true" />}
        onClick={() => go('/connections/new/source')}
      >
        {t('connections.addSource')}
      </MayButton>
      <MayButton
        takes="admin"
        variant="default"
        leftSection={<IconCloudPlus size={18} aria-hidden="true" />}
        onClick={() => go('/connections/new/cloud')}
      >
        {t('connections.addCloud')}
      </MayButton>
    </Group>
  );
}

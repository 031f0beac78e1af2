/** Removes a connection, and says before what goes with it and what stays. */
import { List, Text } from '@mantine/core';
import { call } from '../../api.ts';
import { ConfirmDialog } from '../../parts/ConfirmDialog.tsx';
import { t } from '../../texts/t.ts';
import { reloadConnections, type ConnectionRow } from './rows.ts';

interface RemoveDialogProps {
  readonly row: ConnectionRow;
  readonly onRemoved: () => void;
  readonly onClose: () => void;
}

export function RemoveDialog({ row, onRemoved, onClose }: RemoveDialogProps) {
  const { side, kind, id, name, migrations, plans } = row;
  const remove = async (): Promise<void> => {
    if (side === 'source') await call('sources.delete', { source: id });
    else await call('destinations.delete', { destination: id });
    await reloadConnections();
    onRemoved();
  };

  return (
    <ConfirmDialog
      title={t('connections.removeOf', { name })}
      doIt={t(side === 'source' ? 'connections.removeSource' : 'connections.removeCloud')}
      onDo={remove}
      onClose={onClose}
    >
      <Text>{t(side === 'source' ? 'connections.goesSource' : 'connections.goesCloud')}</Text>
      <List>
        <List.Item>{t(`connections.stays.${kind}`)}</List.Item>
        <List.Item>{t('connections.staysReports')}</List.Item>
        {plans > 0 && <List.Item>{t('connections.staysPlans', { count: plans })}</List.Item>}
        {migrations > 0 && <List.Item>{t('connections.stillUsed', { count: migrations })}</List.Item>}
      </List>
    </ConfirmDialog>
  );
}

/** Asks before a node is drained, given work again or forgotten, and says what happens then. */
import { Checkbox, Text } from '@mantine/core';
import { useState } from 'react';
import type { NodeFacts } from '../../../main/shared/schedule.ts';
import { call } from '../../api.ts';
import { ConfirmDialog } from '../../parts/ConfirmDialog.tsx';
import { t } from '../../texts/t.ts';

export type NodeDeed = 'drain' | 'undrain' | 'forget';

interface NodeDialogProps {
  readonly deed: NodeDeed;
  readonly node: NodeFacts;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

export function NodeDialog({ deed, node: { id, running }, onDone, onClose }: NodeDialogProps) {
  const [pause, setPause] = useState(false);
  const perform = async (): Promise<void> => {
    if (deed === 'forget') await call('nodes.remove', { node: id });
    else await call('nodes.drain', { node: id, isDraining: deed === 'drain', pause });
    onDone();
  };
  return (
    <ConfirmDialog
      title={t(`fleet.ask.${deed}`, { node: id })}
      doIt={t(`fleet.do.${deed}`)}
      isDangerous={deed === 'forget'}
      onDo={perform}
      onClose={onClose}
    >
      <Text>{t(`fleet.what.${deed}`)}</Text>
      {deed === 'drain' && running.length > 0 && (
        <Checkbox
          label={t('fleet.pause', { count: running.length })}
          description={t('fleet.pauseWhy')}
          checked={pause}
          onChange={({ currentTarget }) => setPause(currentTarget.checked)}
        />
      )}
    </ConfirmDialog>
  );
}

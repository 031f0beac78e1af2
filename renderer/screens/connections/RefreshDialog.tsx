/** Reads the inventory of a source: how far it is, and what it found. It goes on when the dialog is closed. */
import { Button, Group, Loader, Stack, Text } from '@mantine/core';
import { useEffect } from 'react';
import { Dialog } from '../../parts/Dialog.tsx';
import { readInventory, useReadings } from '../../state/readings.ts';
import { t } from '../../texts/t.ts';
import type { ConnectionDeed } from './deeds.ts';
import { ReadingFace } from './ReadingFace.tsx';
import type { ConnectionRow } from './rows.ts';

interface RefreshDialogProps {
  readonly row: ConnectionRow;
  readonly onAsk: (deed: ConnectionDeed, row: ConnectionRow) => void;
  readonly onClose: () => void;
}

export function RefreshDialog({ row, onAsk, onClose }: RefreshDialogProps) {
  const { id, name } = row;
  const reading = useReadings((state) => state[id]);
  useEffect(() => void readInventory(id), [id]);

  return (
    <Dialog onClose={onClose} title={t('connections.readingOf', { name })} size="lg">
      <Stack>
        {reading === undefined ? (
          <Loader size="sm" />
        ) : (
          <ReadingFace
            name={name}
            reading={reading}
            onRetry={() => void readInventory(id)}
            onAsk={(deed) => onAsk(deed, row)}
          />
        )}
        {reading?.state === 'running' && (
          <Text size="sm" c="dimmed">
            {t('connections.readingGoesOn')}
          </Text>
        )}
        <Group justify="flex-end">
          {reading?.state === 'running' && (
            <Button variant="default" onClick={reading.stop}>
              {t('connections.stopReading')}
            </Button>
          )}
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('dialog.close')}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}

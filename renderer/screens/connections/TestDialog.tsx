/** Tests a connection, and shows what the test found. */
import { Button, Group, Loader, Stack, Text } from '@mantine/core';
import { useEffect } from 'react';
import { Dialog } from '../../parts/Dialog.tsx';
import { testConnection, useTests } from '../../state/tests.ts';
import { t } from '../../texts/t.ts';
import type { ConnectionDeed } from './deeds.ts';
import type { ConnectionRow } from './rows.ts';
import { TestResult } from './TestResult.tsx';

interface TestDialogProps {
  readonly row: ConnectionRow;
  readonly onAsk: (deed: ConnectionDeed, row: ConnectionRow) => void;
  readonly onClose: () => void;
}

export function TestDialog({ row, onAsk, onClose }: TestDialogProps) {
  const { side, id, name } = row;
  const test = useTests((state) => state[id]);
  useEffect(() => void testConnection(side, id), [side, id]);
  const last = test?.isRunning === false ? test.last : null;

  return (
    <Dialog onClose={onClose} title={t('connections.testOf', { name })} size="lg">
      <Stack>
        {last === null ? (
          <Group component="output">
            <Loader size="sm" />
            <Text>{t('connections.signingIn', { name })}</Text>
          </Group>
        ) : (
          <TestResult
            name={name}
            outcome={last.outcome}
            at={last.at}
            onRetry={() => void testConnection(side, id)}
            onAsk={(deed) => onAsk(deed, row)}
          />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('dialog.close')}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}

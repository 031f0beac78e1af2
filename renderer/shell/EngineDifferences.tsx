/** What is different while the window shows an engine elsewhere: what is there, and what stays on this computer. */
import { Button, Group, List, Stack } from '@mantine/core';
import { Dialog } from '../parts/Dialog.tsx';
import type { Session } from '../state/session.ts';
import { t } from '../texts/t.ts';

interface EngineDifferencesProps {
  readonly name: string;
  readonly session: Session;
  readonly onClose: () => void;
}

const differences = ['runs', 'secrets', 'files', 'paths', 'ways', 'desktop'] as const;

export function EngineDifferences({ name, session, onClose }: EngineDifferencesProps) {
  const { caller } = session;
  return (
    <Dialog title={t('engine.differencesTitle', { name })} size="lg" onClose={onClose}>
      <Stack>
        <List spacing="xs">
          <List.Item>{t('engine.differs.role', { name: caller.name, role: caller.role })}</List.Item>
          {differences.map((one) => (
            <List.Item key={one}>{t(`engine.differs.${one}`)}</List.Item>
          ))}
        </List>
        <Group justify="flex-end">
          <Button onClick={onClose} data-autofocus>
            {t('dialog.close')}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}

/** What this Guts is made of, to copy into a report. */
import { Button, Group, Modal, Stack, Table, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { create } from 'zustand';
import type { Versions } from '../../main/shared/desktop.ts';
import { toErrorInfo, type ErrorInfo } from '../../main/shared/errors.ts';
import { ask } from '../bridge.ts';
import { copyText } from '../parts/copy.ts';
import { ErrorCard } from '../parts/ErrorCard.tsx';
import { onMenu } from '../state/desktop.ts';
import { t } from '../texts/t.ts';

const useAbout = create<{ readonly isOpen: boolean }>()(() => ({ isOpen: false }));

export const openAbout = (): void => useAbout.setState({ isOpen: true });
onMenu('about', openAbout);

export function AboutDialog() {
  const isOpen = useAbout(({ isOpen: open }) => open);
  return isOpen ? <About /> : null;
}

function About() {
  const [versions, setVersions] = useState<Versions>([]);
  const [error, setError] = useState<ErrorInfo | null>(null);
  const [isCopied, setIsCopied] = useState(false);
  const fail = (thrown: unknown): void => setError(toErrorInfo(thrown));

  useEffect(() => {
    ask('app.versions', {}).then(setVersions, (thrown: unknown) => setError(toErrorInfo(thrown)));
  }, []);
  const copy = (): void => {
    copyText(versions.map(({ name, version }) => `${name} ${version}`).join('\n')).then(() => setIsCopied(true), fail);
  };
  const close = (): void => useAbout.setState({ isOpen: false });

  return (
    <Modal
      opened
      centered
      onClose={close}
      title={t('about.title')}
      closeButtonProps={{ 'aria-label': t('dialog.close') }}
    >
      <Stack>
        <Text>{t('app.promise')}</Text>
        {error !== null && <ErrorCard error={error} />}
        <Table aria-label={t('about.versions')}>
          <Table.Tbody>
            {versions.map(({ name, version }) => (
              <Table.Tr key={name}>
                <Table.Th scope="row">{name}</Table.Th>
                <Table.Td>{version}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        <Text size="sm" c="dimmed">
          {t('about.privacy')}
        </Text>
        <Group>
          <Button onClick={copy}>{isCopied ? t('error.copied') : t('about.copy')}</Button>
          <Button variant="default" onClick={() => void ask('folder.open', { which: 'licences' }).catch(fail)}>
            {t('about.licences')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

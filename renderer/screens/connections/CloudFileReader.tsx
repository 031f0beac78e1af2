/** Fills the form for a new cloud from a clouds.yaml or openrc file; Guts reads it, and keeps nothing of it. */
import { Button, FileButton, NativeSelect, Stack, Text } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { useState } from 'react';
import { toErrorInfo, type ErrorInfo } from '../../../main/shared/errors.ts';
import type { OutputOf } from '../../../main/shared/operations.ts';
import { call } from '../../api.ts';
import { ErrorCard } from '../../parts/ErrorCard.tsx';
import { t } from '../../texts/t.ts';

type Answer = OutputOf<'clouds.read'>;
export type CloudAccess = NonNullable<Answer['access']>;

interface CloudFileReaderProps {
  readonly onRead: (cloud: string | null, access: CloudAccess) => void;
}

/** Such files are small; more is another file. */
const MOST_BYTES = 256 * 1024;

export function CloudFileReader({ onRead }: CloudFileReaderProps) {
  const [file, setFile] = useState<{ readonly name: string; readonly text: string } | null>(null);
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [error, setError] = useState<ErrorInfo | null>(null);
  const [isTooLarge, setIsTooLarge] = useState(false);

  const read = async (text: string, cloud: string | null): Promise<void> => {
    setError(null);
    try {
      const found = await call('clouds.read', { text, cloud });
      setAnswer(found);
      if (found.access !== null) onRead(found.cloud, found.access);
    } catch (thrown) {
      setError(toErrorInfo(thrown));
    }
  };
  const choose = async (chosen: File | null): Promise<void> => {
    if (chosen === null) return;
    setAnswer(null);
    setError(null);
    setIsTooLarge(chosen.size > MOST_BYTES);
    if (chosen.size === 0 || chosen.size > MOST_BYTES) return;
    const text = await chosen.text();
    setFile({ name: chosen.name, text });
    await read(text, null);
  };

  return (
    <Stack gap="xs">
      <div>
        <FileButton onChange={(chosen) => void choose(chosen)} inputProps={{ 'aria-label': t('cloudFile.choose') }}>
          {(props) => (
            <Button {...props} variant="default" leftSection={<IconFileImport size={18} aria-hidden="true" />}>
              {t('cloudFile.choose')}
            </Button>
          )}
        </FileButton>
        <Text size="sm" c="dimmed" mt={4}>
          {t('cloudFile.why')}
        </Text>
      </div>
      {isTooLarge && <Text c="var(--guts-bad)">{t('cloudFile.tooLarge')}</Text>}
      {error !== null && <ErrorCard error={error} />}
      {answer !== null && file !== null && (
        <>
          {answer.clouds.length > 1 && (
            <NativeSelect
              label={t('cloudFile.which', { file: file.name })}
              value={answer.cloud ?? ''}
              data={[
                { value: '', label: t('cloudFile.choice'), disabled: true },
                ...answer.clouds.map((value) => ({ value, label: value })),
              ]}
              onChange={(event) => void read(file.text, event.currentTarget.value)}
            />
          )}
          {answer.access !== null && (
            <Text size="sm" component="output">
              {t('cloudFile.read', { file: file.name })} {answer.access.secret === null && t('cloudFile.noSecret')}{' '}
              {answer.access.authorityFile !== null && t('cloudFile.authority', { path: answer.access.authorityFile })}
            </Text>
          )}
        </>
      )}
    </Stack>
  );
}

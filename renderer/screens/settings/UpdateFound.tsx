/** What the last look for a new version found: nothing yet, nothing newer, a version with its notes and files, or why not. */
import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import type { NewVersion, UpdateState } from '../../../main/shared/desktop.ts';
import { copyText } from '../../parts/copy.ts';
import { ErrorCard } from '../../parts/ErrorCard.tsx';
import { momentText, sizeText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import classes from './UpdateFound.module.css';

interface UpdateFoundProps {
  readonly state: UpdateState;
  readonly isBusy: boolean;
  readonly onCheck: () => void;
}

export function UpdateFound({ state: { last, version }, isBusy, onCheck }: UpdateFoundProps) {
  return (
    <Stack gap="sm" align="flex-start">
      <Button variant="default" onClick={onCheck} loading={isBusy}>
        {t('updates.check')}
      </Button>
      <div aria-live="polite" className={classes['found']}>
        {last.kind === 'never' && <Text>{t('updates.never')}</Text>}
        {last.kind === 'current' && <Text>{t('updates.current', { version, time: momentText(last.at) })}</Text>}
        {last.kind === 'failed' && <ErrorCard error={last.error} at={last.at} />}
        {last.kind === 'newer' && <Newer newer={last.newer} />}
      </div>
    </Stack>
  );
}

function Newer({ newer: { version, releasedAt, notes, files } }: { readonly newer: NewVersion }) {
  const copy = (text: string) => (): void => void copyText(text).catch(() => {}); // the text is there to be marked
  return (
    <Paper withBorder p="md">
      <Stack gap="sm">
        <Title order={3} size="h5">
          {t('updates.newer', { version })}
        </Title>
        {releasedAt !== null && (
          <Text size="sm" c="dimmed">
            {t('updates.released', { time: releasedTime(releasedAt) })}
          </Text>
        )}
        {notes !== null && (
          <>
            <Text fw={600}>{t('updates.notes')}</Text>
            <p className={classes['notes']}>{notes}</p>
          </>
        )}
        <Text fw={600}>{t('updates.files')}</Text>
        {files.map(({ url, sha512, sizeBytes }) => (
          <Stack key={url} gap={4}>
            <code className={classes['long']}>{url}</code>
            {sizeBytes !== null && <Text size="sm">{sizeText(sizeBytes)}</Text>}
            <code className={classes['long']}>SHA-512 {sha512}</code>
            <Group gap="xs">
              <Button size="xs" variant="default" onClick={copy(url)}>
                {t('updates.copyAddress')}
              </Button>
              <Button size="xs" variant="default" onClick={copy(sha512)}>
                {t('updates.copySum')}
              </Button>
            </Group>
          </Stack>
        ))}
        <Text size="sm" c="dimmed">
          {t('updates.signature')}
        </Text>
      </Stack>
    </Paper>
  );
}

/** A feed may write anything. */
const releasedTime = (text: string): string => (Number.isNaN(Date.parse(text)) ? text : momentText(text));

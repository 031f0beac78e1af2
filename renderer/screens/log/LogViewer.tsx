/** What the Guts behind the window says of itself, as it says it: for administrators. */
import { Button, Group, NativeSelect, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { LogLevel, type LogLine } from '../../../main/shared/log-line.ts';
import { MigrationId } from '../../../main/shared/migration.ts';
import { BackLink } from '../../parts/BackLink.tsx';
import { copyText } from '../../parts/copy.ts';
import { ErrorCard } from '../../parts/ErrorCard.tsx';
import { Empty, Faces } from '../../parts/Faces.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import type { ScreenProps } from '../../screen-props.ts';
import { mayAs, useSession } from '../../state/session.ts';
import { t } from '../../texts/t.ts';
import { BundleDialog } from './BundleDialog.tsx';
import { LogLines } from './LogLines.tsx';
import { plainText } from './plain-text.ts';
import { useLog, type LogFilter } from './use-log.ts';

export function LogViewer({ params }: ScreenProps) {
  const isAdmin = mayAs(useSession(), 'admin');
  return (
    <>
      <BackLink to="/settings">{t('settings.title')}</BackLink>
      {isAdmin ? (
        <Viewer key={params['migration'] ?? ''} of={params['migration'] ?? ''} />
      ) : (
        <>
          <PageHead title={t('log.title')} />
          <Empty title={t('log.notYours')} why={t('may.onlyAdmin')} />
        </>
      )}
    </>
  );
}

/** @param of a migration, or nothing */
function Viewer({ of: ofMigration }: { readonly of: string }) {
  const [level, setLevel] = useState<LogLevel>('info');
  const [text, setText] = useState('');
  const [migration, setMigration] = useState(ofMigration);
  const [isFollowing, setIsFollowing] = useState(true);
  const [isSaving, setIsSaving] = useState(false);
  const id = MigrationId.safeParse(migration.trim()).data;
  const isWrong = migration.trim() !== '' && id === undefined;
  const isAll = level === 'info' && text.trim() === '' && migration.trim() === '';
  const showAll = (): void => {
    setLevel('info');
    setText('');
    setMigration('');
  };
  const filter: LogFilter = { level, text: text.trim(), migration: id ?? null };
  const { of, load, stale } = useLog(filter, isFollowing);
  return (
    <Stack gap="sm">
      <PageHead
        title={t('log.title')}
        actions={
          <>
            <CopyLines lines={of.state === 'known' ? of.value.lines : []} />
            <Button size="xs" onClick={() => setIsSaving(true)}>
              {t('log.saveBundle')}
            </Button>
          </>
        }
      />
      <Group gap="sm" align="flex-start">
        <NativeSelect
          label={t('log.level')}
          data={LogLevel.options.map((one) => ({ value: one, label: t(`log.from.${one}`) }))}
          value={level}
          onChange={({ currentTarget }) => setLevel(LogLevel.safeParse(currentTarget.value).data ?? 'info')}
          w={190}
        />
        <TextInput
          type="search"
          label={t('log.text')}
          value={text}
          maxLength={200}
          w={220}
          onChange={({ currentTarget: { value } }) => setText(value)}
        />
        <TextInput
          label={t('log.migration')}
          placeholder="mig_…"
          value={migration}
          error={isWrong ? t('log.migrationBad') : undefined}
          w={190}
          onChange={({ currentTarget: { value } }) => setMigration(value)}
        />
        <Switch
          label={t('log.follow')}
          checked={isFollowing}
          mt={32}
          onChange={({ currentTarget: { checked } }) => setIsFollowing(checked)}
        />
      </Group>
      {stale !== null && <ErrorCard error={stale} onRetry={load} />}
      <Faces of={of} onRetry={load}>
        {({ lines, isCut }) =>
          lines.length === 0 ? (
            <Empty
              title={t(isAll ? 'log.empty' : 'log.none')}
              why={t(isAll ? 'log.emptyWhy' : 'log.noneWhy')}
              action={isAll ? null : <Button onClick={showAll}>{t('log.showAll')}</Button>}
            />
          ) : (
            <>
              <LogLines lines={lines} isFollowing={isFollowing} />
              <Text size="xs" c="dimmed">
                {t('log.shown', { count: lines.length })}
                {isCut && ` ${t('log.cut')}`}
              </Text>
            </>
          )
        }
      </Faces>
      {isSaving && <BundleDialog onClose={() => setIsSaving(false)} />}
    </Stack>
  );
}

function CopyLines({ lines }: { readonly lines: readonly LogLine[] }) {
  const [copied, setCopied] = useState<readonly LogLine[] | null>(null);
  return (
    <Button
      size="xs"
      variant="default"
      disabled={lines.length === 0}
      onClick={() => void copyText(plainText(lines)).then(() => setCopied(lines))}
    >
      {copied === lines && lines.length > 0 ? t('error.copied') : t('log.copy')}
    </Button>
  );
}

/** Saves all settings as a file, and takes them from one. */
import { Button, FileButton, Group, List, Text } from '@mantine/core';
import { useRef, useState } from 'react';
import { toErrorInfo, type ErrorInfo } from '../../../main/shared/errors.ts';
import { call } from '../../api.ts';
import { ConfirmDialog } from '../../parts/ConfirmDialog.tsx';
import { ErrorCard } from '../../parts/ErrorCard.tsx';
import { saveBlob } from '../../parts/save-blob.ts';
import { toast } from '../../parts/toast.ts';
import { prefer, usePreferences } from '../../state/preferences.ts';
import { mayAs, useSession } from '../../state/session.ts';
import { t } from '../../texts/t.ts';
import {
  changeOf,
  documentOf,
  MOST_LETTERS,
  readSettings,
  type SettingsChange,
  type SettingsDocument,
} from './settings-file.ts';
import { SettingsSection } from './SettingsSection.tsx';

interface Read {
  readonly name: string;
  readonly document: SettingsDocument;
  /** Null where the file has nothing for the scheduler, or this caller may not change that. */
  readonly change: SettingsChange | null;
}

export function FileSettings() {
  const isAdmin = mayAs(useSession(), 'admin');
  const [read, setRead] = useState<Read | null>(null);
  const [error, setError] = useState<ErrorInfo | null>(null);
  /** Without it, the same file could not be chosen again. */
  const forget = useRef<() => void>(null);
  const trying = (work: () => Promise<void>): void => {
    setError(null);
    work().catch((thrown: unknown) => setError(toErrorInfo(thrown)));
  };
  const save = async (): Promise<void> => {
    const [settings, { sources }] = await Promise.all([call('settings.show', {}), call('sources.list', {})]);
    const { theme, language, isCompact } = usePreferences.getState();
    const text = `${JSON.stringify(documentOf({ theme, language, isCompact }, settings, sources), null, 2)}\n`;
    saveBlob('guts-settings.json', new Blob([text], { type: 'application/json' }));
  };
  const open = async (file: File): Promise<void> => {
    const document = readSettings(await file.slice(0, MOST_LETTERS + 1).text()); // whatever somebody chose;
    const { sources } = await call('sources.list', {});
    setRead({ name: file.name, document, change: isAdmin ? changeOf(document, sources) : null });
  };
  return (
    <SettingsSection title={t('settingsFile.title')} why={t('settingsFile.why')}>
      {error !== null && <ErrorCard error={error} />}
      <Group gap="xs">
        <Button variant="default" size="xs" onClick={() => trying(save)}>
          {t('settingsFile.save')}
        </Button>
        <FileButton
          resetRef={forget}
          accept="application/json"
          inputProps={{ 'aria-label': t('settingsFile.open') }}
          onChange={(file) => {
            if (file === null) return;
            trying(async () => await open(file));
            forget.current?.();
          }}
        >
          {(props) => (
            <Button {...props} variant="default" size="xs">
              {t('settingsFile.open')}
            </Button>
          )}
        </FileButton>
      </Group>
      {read !== null && <Taking read={read} isAdmin={isAdmin} onClose={() => setRead(null)} />}
    </SettingsSection>
  );
}

interface TakingProps {
  readonly read: Read;
  readonly isAdmin: boolean;
  readonly onClose: () => void;
}

function Taking({ read: { name, document, change }, isAdmin, onClose }: TakingProps) {
  const take = async (): Promise<void> => {
    if (change !== null) await call('settings.change', change.settings);
    toast(t('settings.saved'));
    prefer(document.window); // last: another language draws the whole window anew
  };
  return (
    <ConfirmDialog
      title={t('settingsFile.takeTitle', { name })}
      doIt={t('settingsFile.takeIt')}
      isDangerous={false}
      onDo={take}
      onClose={onClose}
    >
      <Text>{t('settingsFile.takeWhy')}</Text>
      <List>
        <List.Item>{t('settingsFile.ofWindow')}</List.Item>
        {change !== null && <List.Item>{t('settingsFile.ofScheduler')}</List.Item>}
      </List>
      {!isAdmin && document.scheduler !== null && <Text>{t('settingsFile.notYours')}</Text>}
      {change !== null && change.unknown.length > 0 && (
        <Text>{t('settingsFile.unknown', { names: change.unknown.join(', ') })}</Text>
      )}
    </ConfirmDialog>
  );
}

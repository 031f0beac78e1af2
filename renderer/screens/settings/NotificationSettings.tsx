/** Which notices the operating system shows. For the desktop program only; a browser has none. */
import { Stack, Switch } from '@mantine/core';
import { NoticeKind, type NoticeWishes } from '../../../main/shared/desktop.ts';
import { ask } from '../../bridge.ts';
import { ErrorCard } from '../../parts/ErrorCard.tsx';
import { Faces } from '../../parts/Faces.tsx';
import { t } from '../../texts/t.ts';
import { useAsked } from './asked-value.ts';
import { SettingsSection } from './SettingsSection.tsx';

const wishes = async (): Promise<NoticeWishes> => await ask('notifications.get', {});

export function NotificationSettings() {
  const { of, error, isBusy, load, change } = useAsked(wishes);
  return (
    <SettingsSection title={t('notices.title')} why={t('notices.why')}>
      {error !== null && <ErrorCard error={error} />}
      <Faces of={of} onRetry={load}>
        {(known) => (
          <Stack gap="xs">
            {NoticeKind.options.map((kind) => (
              <Switch
                key={kind}
                label={t(`notices.${kind}`)}
                checked={known[kind]}
                disabled={isBusy}
                onChange={({ currentTarget: { checked } }) =>
                  change(async () => await ask('notifications.set', { ...known, [kind]: checked }))
                }
              />
            ))}
          </Stack>
        )}
      </Faces>
    </SettingsSection>
  );
}

/** Which notices the operating system shows. For the desktop program only; a browser has none. */
import { Stack, Switch, Text, Title } from '@mantine/core';
import { NoticeKind, type NoticeWishes } from '../../../main/shared/desktop.ts';
import { ask, isDesktop } from '../../bridge.ts';
import { ErrorCard } from '../../parts/ErrorCard.tsx';
import { Faces } from '../../parts/Faces.tsx';
import { t } from '../../texts/t.ts';
import { useAsked } from './asked-value.ts';

const wishes = async (): Promise<NoticeWishes> => await ask('notifications.get', {});

export function NotificationSettings() {
  return isDesktop() ? <Section /> : null;
}

function Section() {
  const { of, error, isBusy, load, change } = useAsked(wishes);
  return (
    <Stack component="section" gap="sm" aria-label={t('notices.title')}>
      <Title order={2} size="h4">
        {t('notices.title')}
      </Title>
      <Text c="dimmed">{t('notices.why')}</Text>
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
    </Stack>
  );
}

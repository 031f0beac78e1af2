/** What the user likes, and what the desktop program does by itself. */
import { NativeSelect, Stack, Switch, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Theme } from '../../../main/shared/contract.ts';
import { isDesktop } from '../../bridge.ts';
import { PageHead } from '../../parts/PageHead.tsx';
import { prefer, usePreferences } from '../../state/preferences.ts';
import { t } from '../../texts/t.ts';
import { ClosingSettings } from './ClosingSettings.tsx';
import { NotificationSettings } from './NotificationSettings.tsx';
import { UpdateSettings } from './UpdateSettings.tsx';

const languages = [
  { value: 'en', label: 'English' },
  { value: 'de', label: 'Deutsch' },
] as const;

export function Settings() {
  const { theme, language, isCompact } = usePreferences();
  const themes = Theme.options.map((value) => ({ value, label: t(`settings.theme.${value}`) }));
  return (
    <>
      <PageHead title={t('settings.title')} />
      <Stack maw={640} gap="lg">
        <Section title={t('settings.appearance')}>
          <NativeSelect
            label={t('settings.language')}
            data={languages.map((one) => ({ ...one }))}
            value={language}
            onChange={({ currentTarget: { value } }) => prefer({ language: value === 'de' ? 'de' : 'en' })}
          />
          <NativeSelect
            label={t('settings.theme')}
            data={themes}
            value={theme}
            onChange={({ currentTarget: { value } }) => prefer({ theme: Theme.parse(value) })}
          />
          <Switch
            label={t('settings.compact')}
            checked={isCompact}
            onChange={({ currentTarget: { checked } }) => prefer({ isCompact: checked })}
          />
        </Section>
        {isDesktop() && (
          <>
            <NotificationSettings />
            <ClosingSettings />
            <UpdateSettings />
          </>
        )}
      </Stack>
    </>
  );
}

function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="guts-card">
      <Title order={2} size="h5" mb="sm">
        {title}
      </Title>
      <Stack gap="sm">{children}</Stack>
    </section>
  );
}

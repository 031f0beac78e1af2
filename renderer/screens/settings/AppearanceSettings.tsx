/** How the window looks: theme and density, kept on this computer. */
import { Button, Group, Radio, Stack, Switch } from '@mantine/core';
import { Theme } from '../../../main/shared/contract.ts';
import { prefer, usePreferences } from '../../state/preferences.ts';
import { t } from '../../texts/t.ts';
import { SettingsSection } from './SettingsSection.tsx';

export function AppearanceSettings() {
  const { theme, isCompact } = usePreferences();
  return (
    <SettingsSection title={t('appearance.title')}>
      <Radio.Group
        value={theme}
        label={t('appearance.theme')}
        onChange={(value) => prefer({ theme: Theme.parse(value) })}
      >
        <Stack gap="xs" mt="xs">
          {Theme.options.map((one) => (
            <Radio key={one} value={one} label={t(`appearance.${one}`)} />
          ))}
        </Stack>
      </Radio.Group>
      <Switch
        label={t('appearance.compact')}
        description={t('appearance.compactWhy')}
        checked={isCompact}
        onChange={({ currentTarget: { checked } }) => prefer({ isCompact: checked })}
      />
      <Group>
        <Button
          variant="default"
          size="xs"
          disabled={theme === 'auto' && isCompact}
          onClick={() => prefer({ theme: 'auto', isCompact: true })}
        >
          {t('appearance.reset')}
        </Button>
      </Group>
    </SettingsSection>
  );
}

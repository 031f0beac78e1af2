/** What Guts tells anybody of its user: nothing. What could be given away is looked at first. */
import { Group, List } from '@mantine/core';
import { useState } from 'react';
import { MayButton } from '../../parts/MayButton.tsx';
import { t } from '../../texts/t.ts';
import { BundleDialog } from '../log/BundleDialog.tsx';
import { SettingsSection } from './SettingsSection.tsx';

export function PrivacySettings() {
  const [isLooking, setIsLooking] = useState(false);
  return (
    <SettingsSection title={t('privacy.title')} why={t('privacy.why')}>
      <List size="sm">
        <List.Item>{t('privacy.connections')}</List.Item>
        <List.Item>{t('privacy.secrets')}</List.Item>
        <List.Item>{t('privacy.bundle')}</List.Item>
      </List>
      <Group>
        <MayButton takes="admin" variant="default" size="xs" onClick={() => setIsLooking(true)}>
          {t('privacy.look')}
        </MayButton>
      </Group>
      {isLooking && <BundleDialog onClose={() => setIsLooking(false)} />}
    </SettingsSection>
  );
}

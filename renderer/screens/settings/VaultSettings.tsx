/** Where the passwords of connections are kept, and why not in a better place. */
import { List, Text } from '@mantine/core';
import type { KeptIn } from '../../../main/shared/vault.ts';
import { Badge, type Tone } from '../../parts/Badge.tsx';
import { useSession } from '../../state/session.ts';
import { t } from '../../texts/t.ts';
import { SettingsSection } from './SettingsSection.tsx';

const tones: Readonly<Record<KeptIn, Tone>> = { keyStore: 'good', sealedFile: 'good', memory: 'wait' };

export function VaultSettings() {
  const view = useSession();
  if (view.state !== 'ready') return null;
  const elsewhere = view.engine?.elsewhere ?? null;
  const { keepsIn, says, notUsed } = view.session.vault;
  return (
    <SettingsSection title={t('vault.title')} why={t('vault.why')}>
      <Text component="div" size="sm">
        <Badge tone={tones[keepsIn]}>{t(`vault.${keepsIn}`)}</Badge> {says}
      </Text>
      {notUsed.length > 0 && (
        <>
          <Text size="sm">{t('vault.notUsed')}</Text>
          <List size="sm">
            {notUsed.map(({ place, why }) => (
              <List.Item key={place}>
                {t(`vault.${place}`)}: {why}
              </List.Item>
            ))}
          </List>
        </>
      )}
      <Text size="sm" c="dimmed">
        {elsewhere === null ? t('vault.managed') : t('vault.ofElsewhere', { name: elsewhere.name })}
      </Text>
    </SettingsSection>
  );
}

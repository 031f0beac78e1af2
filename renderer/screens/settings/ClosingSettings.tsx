/** What closing the window does. For the desktop program only. */
import { Radio, Stack } from '@mantine/core';
import { Closing } from '../../../main/shared/desktop.ts';
import { ask } from '../../bridge.ts';
import { ErrorCard } from '../../parts/ErrorCard.tsx';
import { Faces } from '../../parts/Faces.tsx';
import { t } from '../../texts/t.ts';
import { useAsked } from './asked-value.ts';
import { SettingsSection } from './SettingsSection.tsx';

const current = async (): Promise<Closing> => await ask('closing.get', {});

export function ClosingSettings() {
  const { of, error, isBusy, load, change } = useAsked(current);
  return (
    <SettingsSection title={t('closing.title')} why={t('closing.why')}>
      {error !== null && <ErrorCard error={error} />}
      <Faces of={of} onRetry={load}>
        {(closing) => (
          <Radio.Group
            value={closing}
            aria-label={t('closing.title')}
            onChange={(wish) => change(async () => await ask('closing.set', { closing: Closing.parse(wish) }))}
          >
            <Stack gap="xs" mt="xs">
              {Closing.options.map((one) => (
                <Radio key={one} value={one} label={t(`closing.${one}`)} disabled={isBusy} />
              ))}
            </Stack>
          </Radio.Group>
        )}
      </Faces>
    </SettingsSection>
  );
}

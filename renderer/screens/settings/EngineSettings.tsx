/** Which Guts this window works with, and where other programs reach it. */
import { Button, Group, Text } from '@mantine/core';
import { useState } from 'react';
import { copyText } from '../../parts/copy.ts';
import { FactList } from '../../parts/FactList.tsx';
import { useSession, type SessionView } from '../../state/session.ts';
import { t } from '../../texts/t.ts';
import { EngineList } from './EngineList.tsx';
import { SettingsSection } from './SettingsSection.tsx';

export function EngineSettings() {
  const view = useSession();
  const [isCopied, setIsCopied] = useState(false);
  if (view.state !== 'ready') return null;
  const url = urlOf(view);
  return (
    <SettingsSection title={t('engine.title')} why={t('engine.why')}>
      <FactList
        facts={[
          [t('engine.where'), whereText(view)],
          [t('engine.url'), <code key="url">{url}</code>],
          [t('engine.port'), new URL(url).port || t('engine.portOfScheme')],
          [t('engine.version'), view.session.version],
          [t('engine.you'), t('engine.youAre', { name: view.session.caller.name, role: view.session.caller.role })],
        ]}
      />
      <Text size="sm" c="dimmed">
        {t(managed[view.engine?.where ?? 'daemon'])}
      </Text>
      <Group>
        <Button variant="default" size="xs" onClick={() => void copyText(url).then(() => setIsCopied(true))}>
          {isCopied ? t('error.copied') : t('engine.copy')}
        </Button>
      </Group>
      {view.engine !== null && <EngineList isDemo={view.engine.isDemo} />}
    </SettingsSection>
  );
}

type Ready = Extract<SessionView, { state: 'ready' }>;

const urlOf = ({ engine }: Ready): string => engine?.url ?? location.origin;

function whereText({ engine }: Ready): string {
  if (engine === null) return t('engine.server');
  if (engine.isDemo) return t('engine.demo');
  if (engine.elsewhere !== null) return t('engine.elsewhere', { name: engine.elsewhere.name });
  return t(engine.where === 'window' ? 'engine.window' : 'engine.daemon');
}

const managed = {
  window: 'engine.managedWindow',
  daemon: 'engine.managedDaemon',
  elsewhere: 'engine.managedElsewhere',
} as const;

/** Where Guts keeps its files, which versions there are, and its log. */
import { Button, Group, Text } from '@mantine/core';
import { useCallback } from 'react';
import type { AppFacts } from '../../../main/shared/contract.ts';
import type { OutputOf } from '../../../main/shared/operations.ts';
import { call } from '../../api.ts';
import { ask, isDesktop } from '../../bridge.ts';
import { Faces } from '../../parts/Faces.tsx';
import { FactList, type Fact } from '../../parts/FactList.tsx';
import { MayButton } from '../../parts/MayButton.tsx';
import { go } from '../../router.ts';
import { mayAs, useSession } from '../../state/session.ts';
import { useAnswer } from '../../state/use-answer.ts';
import { exactText, momentText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { SettingsSection } from './SettingsSection.tsx';

interface Known {
  readonly guts: OutputOf<'about.show'>;
  /** Null in a browser. */
  readonly program: AppFacts | null;
}

export function AdvancedSettings() {
  const isAdmin = mayAs(useSession(), 'admin');
  return (
    <SettingsSection title={t('advanced.title')}>
      {isAdmin ? <Facts /> : <Text size="sm">{t('may.onlyAdmin')}</Text>}
      <Group>
        <MayButton takes="admin" variant="default" size="xs" onClick={() => go('/settings/log')}>
          {t('log.open')}
        </MayButton>
        <Button variant="default" size="xs" onClick={() => go('/health')}>
          {t('advanced.health')}
        </Button>
      </Group>
    </SettingsSection>
  );
}

function Facts() {
  const load = useCallback(
    async (signal: AbortSignal): Promise<Known> => ({
      guts: await call('about.show', {}, signal),
      program: isDesktop() ? await ask('app.facts', {}) : null,
    }),
    [],
  );
  const { of, load: again } = useAnswer(load);
  return (
    <Faces of={of} onRetry={again}>
      {(known) => <FactList facts={factsOf(known)} />}
    </Faces>
  );
}

const factsOf = ({ guts, program }: Known): readonly Fact[] => [
  [t('advanced.dataFolder'), <code key="folder">{guts.dataDir}</code>],
  [t('advanced.guts'), guts.version],
  ...(program === null ? [] : [[t('advanced.program'), program.version] as const]),
  [t('advanced.node'), `${guts.node}, ${guts.platform}`],
  [t('advanced.process'), String(guts.process)],
  [
    t('advanced.started'),
    <time key="started" title={exactText(guts.startedAt)}>
      {momentText(guts.startedAt)}
    </time>,
  ],
  ...(program === null ? [] : [[t('advanced.command'), <code key="command">{commandText(program)}</code>] as const]),
];

const commandText = ({ command, commandFolder }: AppFacts): string =>
  commandFolder === null ? command : `cd ${commandFolder} && ${command}`;

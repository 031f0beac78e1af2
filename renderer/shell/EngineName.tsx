/** Which Guts this window works with. */
import { Text, Tooltip } from '@mantine/core';
import type { EngineStatus } from '../../main/shared/engine.ts';
import type { Session } from '../state/session.ts';
import { t } from '../texts/t.ts';
import classes from './Shell.module.css';

interface EngineNameProps {
  readonly session: Session;
  readonly engine: Extract<EngineStatus, { state: 'running' }> | null;
}

export function EngineName({ session, engine }: EngineNameProps) {
  if (engine?.isDemo === true)
    return (
      <Tooltip label={t('shell.demoWhy')}>
        <span className={classes['demo']} data-engine="">
          {t('shell.demo')}
        </span>
      </Tooltip>
    );
  return (
    <Text size="sm" c="dimmed" data-engine="">
      {engine === null && t('shell.engineServer', { version: session.version })}
      {engine?.where === 'window' && t('shell.engineHere')}
      {engine?.where === 'daemon' && t('shell.engineDaemon', { url: engine.url })}
      {engine?.elsewhere?.name}
    </Text>
  );
}

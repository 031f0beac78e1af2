/** One line of what is going on: how much runs and how fast, what waits for a person, and as of when. */
import { totalRate, useMigrations } from '../state/migrations.ts';
import { isIn } from '../state/standing.ts';
import { UnstyledButton } from '@mantine/core';
import type { Session } from '../state/session.ts';
import type { Lost } from '../../main/shared/engines.ts';
import { rateText, timeText } from '../texts/format.ts';
import { t } from '../texts/t.ts';
import { openActivity } from './activity-open.ts';
import classes from './Shell.module.css';

interface StatusBarProps {
  readonly session: Session;
  /** Nothing of it is real, passwords included. */
  readonly isDemo: boolean;
  /** Of an engine elsewhere that is out of reach: nothing is news then. */
  readonly lost: Lost | null;
}

export function StatusBar({ session, isDemo, lost }: StatusBarProps) {
  const rows = useMigrations((state) => state.rows);
  const asOf = useMigrations((state) => state.asOf);
  const rate = useMigrations(totalRate);
  const running = rows.filter(isIn.running).length;
  const waiting = rows.filter(isIn.needsYou).length;

  return (
    <>
      <UnstyledButton className={classes['summary'] ?? ''} title={t('activity.open')} onClick={openActivity}>
        {running === 0 ? t('shell.nothingRuns') : t('shell.running', { count: running })}
        {waiting > 0 && <strong> · {t('shell.needsYou', { count: waiting })}</strong>}
        {rate > 0 && lost === null && ` · ${rateText(rate)}`}
      </UnstyledButton>
      {session.caller.role === 'viewer' && <span>{t('shell.viewerOnly', { role: session.caller.role })}</span>}
      {session.vault.keepsIn === 'memory' && !isDemo && <span>{t('shell.memoryVault')}</span>}
      {asOf > 0 && lost === null && <span>{t('shell.lastNews', { time: timeText(asOf) })}</span>}
      {lost !== null && <strong>{t('engine.old', { time: timeText(Date.parse(lost.since)) })}</strong>}
    </>
  );
}

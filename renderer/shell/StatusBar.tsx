/** One line of what is going on: how much runs and how fast, what waits for a person, and as of when. */
import { useMigrations } from '../state/migrations.ts';
import { needsYou } from '../../main/shared/needs-you.ts';
import { rateOf } from '../state/standing.ts';
import type { Session } from '../state/session.ts';
import { rateText, timeText } from '../texts/format.ts';
import { t } from '../texts/t.ts';

export function StatusBar({ session }: { readonly session: Session }) {
  const ids = useMigrations((state) => state.ids);
  const byId = useMigrations((state) => state.byId);
  const asOf = useMigrations((state) => state.asOf);
  const rows = ids.flatMap((id) => byId[id] ?? []);
  const running = rows.filter(({ isRunning }) => isRunning);
  const waiting = rows.filter(needsYou).length;
  const rate = running.reduce((sum, row) => sum + rateOf(row), 0);

  return (
    <>
      <span>
        {running.length === 0 ? t('shell.nothingRuns') : t('shell.running', { count: running.length })}
        {rate > 0 && ` · ${rateText(rate)}`}
      </span>
      {waiting > 0 && <strong>{t('shell.needsYou', { count: waiting })}</strong>}
      {session.caller.role === 'viewer' && <span>{t('shell.viewerOnly', { role: session.caller.role })}</span>}
      {session.vault.keepsIn === 'memory' && <span>{t('shell.memoryVault')}</span>}
      {asOf > 0 && <span>{t('shell.asOf', { time: timeText(asOf) })}</span>}
    </>
  );
}

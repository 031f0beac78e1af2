/** One line of the activity: when, what, and the way to it. */
import { memo, type ReactNode } from 'react';
import { StageBadge } from '../parts/StageBadge.tsx';
import { Badge } from '../parts/Badge.tsx';
import { pathOf } from '../router.ts';
import type { Activity } from '../state/activity.ts';
import { destinations, plans, sources } from '../state/connections.ts';
import type { Loaded } from '../state/loaded.ts';
import { useMigrations } from '../state/migrations.ts';
import { exactText, numberText, timeText } from '../texts/format.ts';
import { t } from '../texts/t.ts';
import { closeActivity } from './activity-open.ts';

export const ActivityEntry = memo(function ActivityEntry({ entry }: { readonly entry: Activity }) {
  return (
    <li>
      <time dateTime={new Date(entry.atMs).toISOString()} title={exactText(entry.atMs)}>
        {timeText(entry.atMs)}
      </time>
      <div>
        <What entry={entry} />
      </div>
    </li>
  );
});

function What({ entry }: { readonly entry: Activity }) {
  switch (entry.kind) {
    case 'migration':
      return <OfMigration entry={entry} />;
    case 'deleted':
      return <code>{t('activity.deleted', { id: entry.id })}</code>;
    case 'inventory':
      return (
        <Way to={pathOf('inventory')}>
          {t('activity.inventory', {
            source: nameOf(sources.use.getState(), entry.source),
            count: numberText(entry.vms),
          })}
        </Way>
      );
    case 'connection': {
      const known = (entry.side === 'source' ? sources : destinations).use.getState();
      const to = pathOf('connections', entry.side === 'source' ? 'source' : 'cloud', entry.id);
      return <Way to={to}>{t(`activity.${entry.side}`, { name: nameOf(known, entry.id) })}</Way>;
    }
    case 'plan':
      return (
        <Way to={pathOf('plans', entry.id)}>{t('activity.plan', { name: nameOf(plans.use.getState(), entry.id) })}</Way>
      );
    case 'warning':
      return (
        <>
          <Badge tone="wait">{nameOf(sources.use.getState(), entry.source)}</Badge> {entry.says}
        </>
      );
    case 'settings':
      return <Way to={pathOf('settings')}>{t('activity.settings')}</Way>;
  }
}

function OfMigration({ entry }: { readonly entry: Extract<Activity, { kind: 'migration' }> }) {
  const { id, vm, stage } = entry;
  const error = useMigrations(({ byId }) => (stage === 'failed' && byId[id]?.stage === stage ? byId[id].error : null));
  const says = entry.says ?? error?.message ?? null;
  return (
    <>
      <Way to={pathOf('migrations', id)}>{vm}</Way>{' '}
      <StageBadge row={{ stage, isRunning: true, progress: [], eachDisk: [], sizeBytes: 0 }} />
      {says !== null && <small className="guts-quiet">{says}</small>}
    </>
  );
}

function Way({ to, children }: { readonly to: string; readonly children: ReactNode }) {
  return (
    <a href={`#${to}`} onClick={closeActivity}>
      {children}
    </a>
  );
}

const nameOf = (known: Loaded<readonly { readonly id: string; readonly name: string }[]>, id: string): string =>
  (known.state === 'known' ? known.value.find((one) => one.id === id)?.name : undefined) ?? id;

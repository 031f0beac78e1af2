/** The columns of the migrations: where each stands, how far and how fast, what keeps it, and where it comes from. */
import type { MigrationRow } from '../../../main/shared/migration-row.ts';
import { arrivedBytes } from '../../../main/shared/migration-row.ts';
import type { Column } from '../../parts/table/column.ts';
import { go, pathOf } from '../../router.ts';
import { rateById, useMigrations } from '../../state/migrations.ts';
import { momentText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import type { Acting } from './acting/useActing.tsx';
import { ArrivedCell, LeftCell, ProgressCell, RateCell, SaysCell, saysText, StageCell, stageWords } from './cells.tsx';
import classes from './Migrations.module.css';
import { NextButton } from './NextButton.tsx';

/** Names by ids; an id stands for itself where its thing is gone. */
export interface Names {
  readonly source: (id: string) => string;
  readonly destination: (id: string) => string;
  readonly plan: (id: string) => string;
}

export const migrationPath = (id: string): string => pathOf('migrations', id);

export function columnsFor(names: Names, acting: Pick<Acting, 'isOff' | 'wish'>): readonly Column<MigrationRow>[] {
  const plan = (row: MigrationRow): string =>
    row.plan === null ? '' : t('migrations.planWave', { plan: names.plan(row.plan), wave: row.wave });
  return [
    {
      id: 'vm',
      title: t('migrations.vm'),
      value: ({ vm }) => vm.name,
      cell: ({ id, vm }) => (
        <a className={classes['vm']} href={`#${migrationPath(id)}`} onClick={(event) => follow(event, id)}>
          {vm.name}
        </a>
      ),
      width: 150,
    },
    {
      id: 'stage',
      title: t('migrations.stage'),
      value: stageWords,
      cell: ({ id }) => <StageCell id={id} />,
      width: 205, // “Bereit zur Umschaltung”, the longest
    },
    {
      id: 'next',
      title: t('migrations.next'),
      value: () => null,
      cell: ({ id }) => <NextButton id={id} isOff={acting.isOff} onWish={acting.wish} />,
      width: 125,
    },
    {
      id: 'progress',
      title: t('migrations.progress'),
      value: (row) => (row.sizeBytes === 0 ? null : (100 * arrivedBytes(live(row))) / row.sizeBytes),
      cell: ({ id }) => <ProgressCell id={id} />,
      width: 130,
    },
    {
      id: 'rate',
      title: t('migrations.rate'),
      value: ({ id }) => rateById(id)(useMigrations.getState()),
      cell: ({ id }) => <RateCell id={id} />,
      width: 85,
      isNumber: true,
    },
    {
      id: 'left',
      title: t('migrations.left'),
      value: ({ id }) => useMigrations.getState().pace[id]?.left?.toSeconds ?? null,
      cell: ({ id }) => <LeftCell id={id} />,
      width: 115,
    },
    {
      id: 'says',
      title: t('migrations.says'),
      value: saysText,
      cell: ({ id }) => <SaysCell id={id} />,
      width: 240,
    },
    {
      id: 'arrived',
      title: t('migrations.copied'),
      value: (row) => arrivedBytes(live(row)),
      cell: ({ id }) => <ArrivedCell id={id} />,
      width: 155,
      isNumber: true,
    },
    { id: 'plan', title: t('migrations.plan'), value: plan, width: 140 },
    {
      id: 'way',
      title: t('migrations.way'),
      value: ({ source, destination }) => `${names.source(source)} → ${names.destination(destination)}`,
      width: 150,
    },
    {
      id: 'started',
      title: t('migrations.started'),
      value: ({ startedAt }) => startedAt,
      text: ({ startedAt }) => (startedAt === null ? '' : momentText(startedAt)),
      width: 150,
    },
    { id: 'target', title: t('migrations.target'), value: ({ targetName }) => targetName, isExtra: true },
    {
      id: 'ended',
      title: t('migrations.ended'),
      value: ({ endedAt }) => endedAt,
      text: ({ endedAt }) => (endedAt === null ? '' : momentText(endedAt)),
      isExtra: true,
    },
    { id: 'node', title: t('migrations.node'), value: ({ node }) => node, isExtra: true },
    { id: 'warns', title: t('migrations.warns'), value: ({ warns }) => warns, isNumber: true, isExtra: true },
  ];
}

/** The row that a table has may be older than what its cells show. */
const live = (row: MigrationRow): MigrationRow => useMigrations.getState().byId[row.id] ?? row;

function follow(event: React.MouseEvent, id: string): void {
  event.preventDefault();
  go(migrationPath(id));
}

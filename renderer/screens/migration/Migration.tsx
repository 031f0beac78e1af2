/** One machine's move: where it stands, how far and how fast, what was decided, made, proved, and what can be done now. */
import { Button, Group, Stack } from '@mantine/core';
import { IconFileText } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { MigrationId } from '../../../main/shared/migration.ts';
import { rowOf } from '../../../main/shared/migration-row.ts';
import type { ScheduledMigration } from '../../../main/shared/schedule.ts';
import { isOver } from '../../../main/shared/stages.ts';
import { Faces } from '../../parts/Faces.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { StageBadge } from '../../parts/StageBadge.tsx';
import { Throughput } from '../../parts/Throughput.tsx';
import { go, pathOf } from '../../router.ts';
import { NoPlace } from '../../shell/NoPlace.tsx';
import { useMigrations } from '../../state/migrations.ts';
import { throughputOf, throughputOfDisks } from '../../state/throughput.ts';
import { t } from '../../texts/t.ts';
import { useActing } from '../migrations/acting/useActing.tsx';
import { WishButton } from '../migrations/acting/WishButton.tsx';
import { nextFor, wishesFor } from '../migrations/acting/wishes.ts';
import { AnewButton } from './AnewButton.tsx';
import { Disks } from './Disks.tsx';
import { FindingsCard } from './FindingsCard.tsx';
import { Head } from './Head.tsx';
import { LedgerCard } from './LedgerCard.tsx';
import { LogButton } from './LogButton.tsx';
import classes from './Migration.module.css';
import { OutcomeCard } from './OutcomeCard.tsx';
import { PlanCard } from './PlanCard.tsx';
import { ProofsCard } from './ProofsCard.tsx';
import { Steps } from './Steps.tsx';
import { TimeLine } from './TimeLine.tsx';
import { Trouble } from './Trouble.tsx';
import { GivenNote } from '../plans/GivenNote.tsx';
import { useMigration } from './use-migration.ts';

interface MigrationProps {
  readonly params: Readonly<Record<string, string>>;
}

export function Migration({ params }: MigrationProps) {
  const id = MigrationId.safeParse(params['id']);
  if (!id.success) return <NoPlace path={pathOf('migrations', params['id'] ?? '')} />;
  return <Known key={id.data} id={id.data} />;
}

function Known({ id }: { readonly id: MigrationId }) {
  const { of, load } = useMigration(id);
  return (
    <Faces of={of} onRetry={() => void load()}>
      {(one) => <Full one={one} />}
    </Faces>
  );
}

function Full({ one }: { readonly one: ScheduledMigration }) {
  const { id, vm } = one.request;
  const own = rowOf(one);
  const live = useMigrations(({ byId }) => byId[id]);
  const row = live === undefined || live.stage !== own.stage ? own : { ...own, progress: live.progress };
  const acting = useActing(({ wish }) => {
    if (wish === 'delete') go('/migrations');
  });
  useForgetting(one, acting.forget);
  const series = throughputOf(id);
  const isCopying = one.isRunning && one.stage === 'copying';
  const next = nextFor(row);

  return (
    <Stack gap="sm">
      <PageHead
        title={vm.name}
        aside={<StageBadge row={row} />}
        actions={
          <>
            {isOver(one.stage) && (
              <Button
                variant="default"
                leftSection={<IconFileText size={16} aria-hidden="true" />}
                onClick={() => go(pathOf('reports', id))}
              >
                {t('migration.report')}
              </Button>
            )}
            <AnewButton one={one} />
            {wishesFor(row).map((wish) => (
              <WishButton
                key={wish}
                wish={wish}
                row={row}
                acting={acting}
                variant={wish === next ? 'filled' : 'default'}
              />
            ))}
          </>
        }
      />
      {acting.notice}
      {one.given !== undefined && <GivenNote given={one.given} />}
      <Trouble one={one} row={row} acting={acting} />
      <Head one={one} row={row} />
      <Steps one={one} />
      <div className={classes['columns']}>
        <div>
          <Disks one={one} />
          {(isCopying || series !== null) && (
            <Throughput
              title={t('migration.throughput')}
              series={series}
              parts={throughputOfDisks(id)}
              isLive={isCopying}
            />
          )}
          {one.outcome !== null && <OutcomeCard outcome={one.outcome} />}
          <ProofsCard one={one} />
          <PlanCard one={one} />
        </div>
        <div>
          <TimeLine one={one} />
          <FindingsCard one={one} />
          <LedgerCard ledger={one.ledger} />
        </div>
      </div>
      <Group gap="xs">
        <code className="guts-quiet">{id}</code>
        <LogButton of={id} />
      </Group>
    </Stack>
  );
}

/** What was said of a wish is about the try that it was for: not about the next one, nor about how that ends. */
function useForgetting({ stages }: Pick<ScheduledMigration, 'stages'>, forget: () => void): void {
  const turns = stages.filter(({ stage }) => stage === 'failed' || stage === 'waiting' || isOver(stage)).length;
  const seen = useRef(turns);
  useEffect(() => {
    if (seen.current !== turns) forget();
    seen.current = turns;
  }, [turns, forget]);
}

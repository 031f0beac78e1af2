/** The rehearsal of a plan: what its waves would take of the cloud, held against what is there now; go or no go. */
import { Button, Checkbox, Group, NativeSelect, Stack } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useCallback, useMemo, useState } from 'react';
import type { Plan } from '../../../main/shared/plans.ts';
import type { Rehearsal as Rehearsed } from '../../../main/shared/rehearsal.ts';
import type { ReportFormat } from '../../../main/shared/report-formats.ts';
import { call, file } from '../../api.ts';
import { BackLink } from '../../parts/BackLink.tsx';
import { Faces } from '../../parts/Faces.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { Under } from '../../parts/Under.tsx';
import { pathOf } from '../../router.ts';
import type { ScreenProps } from '../../screen-props.ts';
import { plans } from '../../state/connections.ts';
import { useAnswer } from '../../state/use-answer.ts';
import { exactText, momentText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { Unknown } from '../plans/PlanPage.tsx';
import { SaveButtons } from '../reports/SaveButtons.tsx';
import { Findings, Machines, NotHeld } from './Findings.tsx';
import { Flavors, Leftovers, Storage, Subnets, Times, Torn, Twins } from './parts.tsx';
import { Quotas } from './Quotas.tsx';
import classes from './Rehearsal.module.css';
import { Request } from './Request.tsx';
import { Verdict } from './Verdict.tsx';

export function Rehearsal({ params }: ScreenProps) {
  const known = plans.use();
  return (
    <Faces of={known} onRetry={() => void plans.load()}>
      {(all) => {
        const plan = all.find(({ id }) => id === params['plan']);
        return plan === undefined ? <Unknown /> : <Known plan={plan} />;
      }}
    </Faces>
  );
}

const ALL = 'all';

function Known({ plan }: { readonly plan: Plan }) {
  const [wave, setWave] = useState<number | null>(null);
  const [isOffline, setIsOffline] = useState(false);
  const waves = [...new Set(plan.machines.map((machine) => machine.wave))].toSorted((a, b) => a - b);
  const wish = useMemo(
    () => ({ plan: plan.id, ...(wave === null ? {} : { wave }), offline: isOffline }),
    [plan, wave, isOffline],
  );
  const { of, load } = useAnswer(
    useCallback(async (signal: AbortSignal) => await call('plans.rehearse', wish, signal), [wish]),
  );

  return (
    <Stack gap="md" className={classes['page'] ?? ''}>
      <div>
        <BackLink to={pathOf('plans', plan.id)}>{t('rehearsal.back', { plan: plan.name })}</BackLink>
        <PageHead
          title={t('rehearsal.title', { plan: plan.name })}
          actions={
            <Button leftSection={<IconRefresh size={18} aria-hidden="true" />} onClick={load}>
              {t('rehearsal.again')}
            </Button>
          }
        />
        <Group gap="lg" align="end">
          <NativeSelect
            label={t('rehearsal.wave')}
            value={wave ?? ALL}
            onChange={({ currentTarget: { value } }) => setWave(value === ALL ? null : Number(value))}
            data={[
              { value: ALL, label: t('reports.anyWave') },
              ...waves.map((one) => ({ value: String(one), label: t('reports.waveN', { wave: one }) })),
            ]}
          />
          <Checkbox
            label={t('rehearsal.offline')}
            description={t('rehearsal.offlineWhy')}
            checked={isOffline}
            onChange={({ currentTarget }) => setIsOffline(currentTarget.checked)}
          />
        </Group>
      </div>
      <Faces of={of} onRetry={load}>
        {(rehearsal) => (
          <Whole rehearsal={rehearsal} write={async (format) => await file('plans.rehearse', wish, format)} />
        )}
      </Faces>
    </Stack>
  );
}

interface WholeProps {
  readonly rehearsal: Rehearsed;
  /** Rehearses once more, and says it in this form. */
  readonly write: (format: ReportFormat) => Promise<Blob>;
}

function Whole({ rehearsal, write }: WholeProps) {
  const { takenAt, source, destination, project, isOffline } = rehearsal;
  return (
    <Stack gap="md">
      <Under>
        {t('rehearsal.between', { source, destination, project: project.name })}{' '}
        <time title={exactText(takenAt)}>{t('rehearsal.takenAt', { time: momentText(takenAt) })}</time>
        {isOffline && ` ${t('rehearsal.wasOffline')}`}
      </Under>
      <Verdict rehearsal={rehearsal} />
      <SaveButtons write={write} about={t('rehearsal.title', { plan: rehearsal.plan.name })} />
      <Request rehearsal={rehearsal} />
      <Findings rehearsal={rehearsal} />
      <Quotas rehearsal={rehearsal} />
      <Flavors rehearsal={rehearsal} />
      <Subnets rehearsal={rehearsal} />
      <Storage rehearsal={rehearsal} />
      <Twins rehearsal={rehearsal} />
      <Times rehearsal={rehearsal} />
      <Torn rehearsal={rehearsal} />
      <Leftovers rehearsal={rehearsal} />
      <Machines rehearsal={rehearsal} />
      <NotHeld rehearsal={rehearsal} />
    </Stack>
  );
}

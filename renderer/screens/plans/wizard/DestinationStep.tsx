/** Second step: the cloud, its availability zone, and what its project has left. */
import { Button, Group, NativeSelect, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { toErrorInfo, type ErrorInfo } from '../../../../main/shared/errors.ts';
import { quotaLines, totalsOf } from '../../../../main/shared/proposals/totals.ts';
import { ErrorCard } from '../../../parts/ErrorCard.tsx';
import { Empty, Faces } from '../../../parts/Faces.tsx';
import { go } from '../../../router.ts';
import { destinations } from '../../../state/connections.ts';
import { momentText } from '../../../texts/format.ts';
import { t } from '../../../texts/t.ts';
import { refreshCloud, reloadCloud, type CloudWorld } from '../worlds.ts';
import { useWizard } from './context.ts';
import { fieldId } from './field-names.ts';
import { OptionField } from './OptionField.tsx';
import { QuotaTable } from './QuotaTable.tsx';
import classes from './Wizard.module.css';

export function DestinationStep() {
  const { draft, change, cloud, facts, problems, isUnderWay } = useWizard();
  const known = destinations.use();
  const zone = draft.options.availabilityZone ?? null;
  const zoneProblem = problems.find(({ field }) => field === fieldId('availabilityZone'));
  return (
    <Faces of={known} onRetry={() => void destinations.load()}>
      {(all) => (
        <Stack gap="md">
          <div className={classes['fields']}>
            <NativeSelect
              id="plan-destination"
              label={t('wizard.destination')}
              required
              value={draft.destination ?? ''}
              disabled={isUnderWay}
              description={isUnderWay ? t('wizard.sidesStay') : undefined}
              data={[
                { value: '', label: t('wizard.choose') },
                ...all.map(({ id, name }) => ({ value: id, label: name })),
              ]}
              onChange={({ currentTarget }) => {
                const destination = currentTarget.value === '' ? null : currentTarget.value;
                change(() => ({ destination }));
              }}
            />
            {draft.destination !== null && (
              <OptionField
                name="availabilityZone"
                id={fieldId('availabilityZone')}
                value={zone}
                facts={facts}
                error={zoneProblem?.says ?? null}
                onChange={(value) =>
                  change(({ options }) => ({
                    options: { ...options, availabilityZone: typeof value === 'string' ? value : null },
                  }))
                }
              />
            )}
          </div>
          {all.length === 0 && (
            <Empty
              title={t('wizard.noClouds')}
              why={t('wizard.noCloudsWhy')}
              action={<Button onClick={() => go('/connections')}>{t('wizard.toConnections')}</Button>}
            />
          )}
          {draft.destination !== null && (
            <Faces of={cloud} onRetry={() => reloadCloud(draft.destination ?? '')}>
              {(world) => (
                <Project
                  world={world}
                  region={all.find(({ id }) => id === draft.destination)?.about?.region ?? null}
                  id={draft.destination ?? ''}
                />
              )}
            </Faces>
          )}
        </Stack>
      )}
    </Faces>
  );
}

interface ProjectProps {
  readonly world: CloudWorld;
  readonly region: string | null;
  readonly id: string;
}

function Project({ world: { facts, takenAt }, region, id }: ProjectProps) {
  const { picked } = useWizard();
  const [isBusy, setIsBusy] = useState(false);
  const [refused, setRefused] = useState<ErrorInfo | null>(null);
  const refresh = async (): Promise<void> => {
    setIsBusy(true);
    setRefused(null);
    await refreshCloud(id).catch((error: unknown) => setRefused(toErrorInfo(error)));
    setIsBusy(false);
  };
  const wanted = picked.flatMap(({ vm, options }) => (vm === null ? [] : [{ vm, options }]));
  return (
    <section className="guts-card" aria-label={t('wizard.project')}>
      <Group justify="space-between" mb="xs">
        <Text>
          {t('wizard.project')}: <strong>{facts.project.name}</strong>
          {region !== null && region !== '' && ` · ${t('wizard.region')}: ${region}`}
        </Text>
        <Group gap="xs">
          <Text size="sm" className="guts-quiet">
            {t('shell.asOf', { time: momentText(takenAt) })}
          </Text>
          <Button size="xs" variant="default" loading={isBusy} onClick={() => void refresh()}>
            {t('wizard.askAnew')}
          </Button>
        </Group>
      </Group>
      {refused !== null && <ErrorCard error={refused} />}
      <QuotaTable lines={quotaLines(totalsOf(wanted, facts), facts.quotas)} />
    </section>
  );
}

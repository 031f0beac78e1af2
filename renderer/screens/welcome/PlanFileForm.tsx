/** Confirms the name and both sides of a plan that came as a file, and writes it down. */
import { Button, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import type { DestinationConnection, SourceConnection } from '../../../main/shared/connections.ts';
import { toErrorInfo, type ErrorInfo } from '../../../main/shared/errors.ts';
import { machineText, type PlanDocument } from '../../../main/shared/plan-document.ts';
import { call } from '../../api.ts';
import { ErrorCard } from '../../parts/ErrorCard.tsx';
import { FactList, type Fact } from '../../parts/FactList.tsx';
import { MayButton } from '../../parts/MayButton.tsx';
import { toast } from '../../parts/toast.ts';
import { go, goInstead, pathOf } from '../../router.ts';
import { plans } from '../../state/connections.ts';
import { momentText, numberText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { meant, usePlanFile, wishFor } from './plan-file.ts';

interface PlanFileFormProps {
  readonly file: string;
  readonly text: string;
  readonly plan: PlanDocument;
  readonly sources: readonly SourceConnection[];
  readonly clouds: readonly DestinationConnection[];
}

export function PlanFileForm({ file, text, plan, sources, clouds }: PlanFileFormProps) {
  const [error, setError] = useState<ErrorInfo | null>(null);
  const {
    register,
    handleSubmit,
    setError: setFieldError,
    setFocus,
    formState,
  } = useForm({
    defaultValues: {
      name: plan.name,
      source: meant(plan.source, sources)?.id ?? '',
      destination: meant(plan.destination, clouds)?.id ?? '',
    },
  });
  const { errors, isSubmitting } = formState;
  const write = async (chosen: Parameters<typeof wishFor>[2]): Promise<void> => {
    setError(null);
    try {
      const wish = await wishFor(file, text, chosen);
      if (wish === null) return;
      const { id, name } = await call('plans.create', wish);
      await plans.load();
      usePlanFile.setState({ state: 'none' }, true);
      goInstead(pathOf('plans', id));
      toast(t('openPlan.written', { name }));
    } catch (thrown) {
      const info = toErrorInfo(thrown);
      if (info.code === 'plan.name-taken') {
        setFieldError('name', { message: info.message });
        setFocus('name', { shouldSelect: true });
      } else setError(info);
    }
  };
  const isReady = sources.length > 0 && clouds.length > 0;

  return (
    <form onSubmit={(event) => void handleSubmit(write)(event)} noValidate aria-label={t('openPlan.title')}>
      <Stack>
        <section className="guts-card">
          <FactList facts={factsOf(file, plan)} />
        </section>
        <Stack className="guts-card">
          <TextInput
            label={t('openPlan.name')}
            autoComplete="off"
            error={errors.name?.message}
            {...register('name', { required: t('connections.nameMissing'), maxLength: 63 })}
          />
          <Side
            label={t('openPlan.source')}
            wanted={plan.source}
            there={sources}
            missing={t('openPlan.noSource')}
            add={{ title: t('connections.addSource'), path: '/connections/new/source' }}
            error={errors.source?.message}
            field={register('source', { required: t('openPlan.chooseSource') })}
          />
          <Side
            label={t('openPlan.destination')}
            wanted={plan.destination}
            there={clouds}
            missing={t('openPlan.noCloud')}
            add={{ title: t('connections.addCloud'), path: '/connections/new/cloud' }}
            error={errors.destination?.message}
            field={register('destination', { required: t('openPlan.chooseCloud') })}
          />
        </Stack>
        {error !== null && <ErrorCard title={t('openPlan.refused', { file })} error={error} />}
        {isReady && (
          <Group>
            <Button type="submit" loading={isSubmitting}>
              {t('openPlan.write')}
            </Button>
            <Text size="sm" c="dimmed">
              {t('openPlan.writeWhy')}
            </Text>
          </Group>
        )}
      </Stack>
    </form>
  );
}

interface SideProps {
  readonly label: string;
  /** As the file says. */
  readonly wanted: string | undefined;
  readonly there: readonly { readonly id: string; readonly name: string }[];
  readonly missing: string;
  readonly add: { readonly title: string; readonly path: string };
  readonly error: string | undefined;
  readonly field: ReturnType<ReturnType<typeof useForm>['register']>;
}

function Side({ label, wanted, there, missing, add, error, field }: SideProps) {
  if (there.length === 0)
    return (
      <div>
        <Text fw={500}>{label}</Text>
        <Group justify="space-between">
          <Text c="dimmed">{missing}</Text>
          <MayButton takes="admin" size="xs" onClick={() => go(add.path)}>
            {add.title}
          </MayButton>
        </Group>
      </div>
    );
  return (
    <NativeSelect
      label={label}
      description={wanted === undefined ? undefined : t('openPlan.inFile', { name: wanted })}
      error={error}
      data={[
        { value: '', label: t('openPlan.choice'), disabled: true },
        ...there.map(({ id, name }) => ({ value: id, label: name })),
      ]}
      {...field}
    />
  );
}

function factsOf(file: string, { machines, window, notBefore }: PlanDocument): Fact[] {
  const waves = new Set(machines.map(({ wave }) => wave)).size;
  const names = machines.slice(0, 5).map(machineText);
  return [
    [t('openPlan.file'), file],
    [
      t('openPlan.machines'),
      `${numberText(machines.length)}: ${names.join(', ')}${machines.length > names.length ? ' …' : ''}`,
    ],
    [t('openPlan.waves'), numberText(waves)],
    ...(window === null
      ? []
      : ([
          [
            t('openPlan.window'),
            t('openPlan.windowIs', { opens: window.opens, minutes: window.minutes, zone: window.timeZone }),
          ],
        ] satisfies Fact[])),
    ...(notBefore === null ? [] : ([[t('openPlan.notBefore'), momentText(notBefore)]] satisfies Fact[])),
  ];
}

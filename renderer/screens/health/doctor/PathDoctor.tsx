/** Looks at the way of a move from here to both sides when somebody asks: names, ports, rights, and how fast disks are read. */
import { Button, Checkbox, Group, NativeSelect, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconStethoscope } from '@tabler/icons-react';
import { useState } from 'react';
import { ErrorCard } from '../../../parts/ErrorCard.tsx';
import { MayButton } from '../../../parts/MayButton.tsx';
import { t } from '../../../texts/t.ts';
import type { ConnectionRow } from '../../connections/rows.ts';
import { Papers } from './Papers.tsx';
import { Found } from './Found.tsx';
import { Steps } from './Steps.tsx';
import { useDoctor } from './use-doctor.ts';

const NONE = '';

export function PathDoctor({ rows }: { readonly rows: readonly ConnectionRow[] }) {
  const sources = rows.filter(({ side }) => side === 'source');
  const clouds = rows.filter(({ side }) => side === 'destination');
  const [source, setSource] = useState<string | null>(null);
  const [cloud, setCloud] = useState<string | null>(null);
  const [vm, setVm] = useState('');
  const [withSnapshot, setWithSnapshot] = useState(false);
  const [writeTest, setWriteTest] = useState(false);
  const { state, run, stop } = useDoctor();
  const from = source ?? sources[0]?.id ?? NONE;
  const to = cloud ?? clouds[0]?.id ?? NONE;
  const wish = {
    ...(from === NONE ? {} : { source: from }),
    ...(to === NONE ? {} : { destination: to }),
    ...(vm.trim() === '' || from === NONE ? {} : { vm: vm.trim() }),
    withSnapshot,
    writeTest,
  };
  const isRunning = state.kind === 'running';
  const optionsOf = (some: readonly ConnectionRow[]) => [
    ...some.map(({ id, name }) => ({ value: id, label: name })),
    { value: NONE, label: t('doctor.none') },
  ];

  return (
    <section className="guts-card" aria-labelledby="health-doctor">
      <Title order={2} size="h5" mb="xs" id="health-doctor">
        {t('doctor.title')}
      </Title>
      <Text size="sm" className="guts-quiet" mb="xs">
        {t('doctor.why')}
      </Text>
      <Stack gap="sm">
        <Group gap="sm" align="end">
          <NativeSelect
            label={t('doctor.source')}
            value={from}
            onChange={({ currentTarget }) => setSource(currentTarget.value)}
            data={optionsOf(sources)}
          />
          <TextInput
            label={t('doctor.vm')}
            placeholder={t('doctor.anyVm')}
            value={vm}
            onChange={({ currentTarget }) => setVm(currentTarget.value)}
            disabled={from === NONE}
          />
          <NativeSelect
            label={t('doctor.cloud')}
            value={to}
            onChange={({ currentTarget }) => setCloud(currentTarget.value)}
            data={optionsOf(clouds)}
          />
        </Group>
        <Checkbox
          label={t('doctor.withSnapshot')}
          description={t('doctor.withSnapshotWhy')}
          checked={withSnapshot}
          disabled={from === NONE}
          onChange={({ currentTarget }) => setWithSnapshot(currentTarget.checked)}
        />
        <Checkbox
          label={t('doctor.writeTest')}
          description={t('doctor.writeTestWhy')}
          checked={writeTest}
          disabled={to === NONE}
          onChange={({ currentTarget }) => setWriteTest(currentTarget.checked)}
        />
        <Group gap="xs">
          <MayButton
            takes="operator"
            loading={isRunning}
            isOff={from === NONE && to === NONE ? t('doctor.noConnection') : null}
            leftSection={<IconStethoscope size={18} aria-hidden="true" />}
            onClick={() => void run(wish)}
          >
            {t(state.kind === 'idle' ? 'doctor.run' : 'doctor.again')}
          </MayButton>
          {isRunning && (
            <Button variant="default" onClick={stop}>
              {t('doctor.stop')}
            </Button>
          )}
          <Papers source={from} destination={to} />
        </Group>
        {state.kind === 'running' && <Steps steps={state.steps} />}
        {state.kind === 'failed' && <ErrorCard error={state.error} onRetry={() => void run(wish)} />}
        {state.kind === 'done' && <Found report={state.report} />}
      </Stack>
    </section>
  );
}

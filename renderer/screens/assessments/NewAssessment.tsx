/** Makes an assessment: of files that are dropped or chosen, or of a source; held against a cloud where one is named. */
import { Button, FileButton, Group, NativeSelect, Stack, Title } from '@mantine/core';
import { IconFileAnalytics } from '@tabler/icons-react';
import { useState } from 'react';
import { defaultAssessmentOptions } from '../../../main/shared/assessment.ts';
import { toErrorInfo, type ErrorInfo } from '../../../main/shared/errors.ts';
import { call, upload } from '../../api.ts';
import { ErrorCard } from '../../parts/ErrorCard.tsx';
import { MayButton } from '../../parts/MayButton.tsx';
import { NumberField } from '../../parts/NumberField.tsx';
import { go, pathOf } from '../../router.ts';
import type { Loaded } from '../../state/loaded.ts';
import { destinations, sources } from '../../state/connections.ts';
import { t } from '../../texts/t.ts';
import classes from './Assessments.module.css';

const NONE = '';
const { waves } = defaultAssessmentOptions;
const KINDS = '.xlsx,.csv,.zip,.json';

export function NewAssessment() {
  const from = sources.use();
  const to = destinations.use();
  const [files, setFiles] = useState<readonly File[]>([]);
  const [source, setSource] = useState(NONE);
  const [destination, setDestination] = useState(NONE);
  const [megabytes, setMegabytes] = useState<number | null>(null);
  const [atOnce, setAtOnce] = useState<number | null>(4);
  const [mostInWave, setMostInWave] = useState<number | null>(waves.mostMachines);
  const [isOver, setIsOver] = useState(false);
  const [isBusy, setIsBusy] = useState(false);
  const [failed, setFailed] = useState<ErrorInfo | null>(null);

  const assess = async (): Promise<void> => {
    setIsBusy(true);
    setFailed(null);
    try {
      const sent = await Promise.all(files.map(async (file) => (await upload(file)).id));
      const { id } = await call('assessments.create', {
        ...(files.length > 0 ? { files: sent } : { source }),
        destination: destination === NONE ? null : destination,
        options: {
          megabytesPerSecond: megabytes,
          ...(atOnce === null ? {} : { atOnce }),
          ...(mostInWave === null ? {} : { waves: { ...waves, mostMachines: mostInWave } }),
        },
      });
      go(pathOf('assessments', id));
    } catch (error) {
      setFailed(toErrorInfo(error));
      setIsBusy(false);
    }
  };
  const isNothing = files.length === 0 && source === NONE;

  return (
    <section className="guts-card" aria-labelledby="new-assessment">
      <Title order={2} size="h5" mb="xs" id="new-assessment">
        {t('assessment.new')}
      </Title>
      <Stack gap="sm">
        <div
          className={classes['drop']}
          data-over={isOver}
          onDragOver={(event) => {
            event.preventDefault();
            setIsOver(true);
          }}
          onDragLeave={() => setIsOver(false)}
          onDrop={(event) => {
            event.preventDefault();
            setIsOver(false);
            setFiles([...event.dataTransfer.files]);
          }}
        >
          {files.length === 0
            ? t('assessment.drop')
            : t('assessment.files', { count: files.length, names: files.map(({ name }) => name).join(', ') })}
          <FileButton accept={KINDS} multiple onChange={(chosen) => setFiles(chosen)}>
            {(props) => (
              <Button {...props} variant="default" size="compact-sm">
                {t('assessment.choose')}
              </Button>
            )}
          </FileButton>
        </div>
        <Group gap="sm" align="end">
          <NativeSelect
            label={t('assessment.fromSource')}
            value={source}
            disabled={files.length > 0}
            onChange={({ currentTarget }) => setSource(currentTarget.value)}
            data={[{ value: NONE, label: t('assessment.noSource') }, ...optionsOf(from)]}
          />
          <NativeSelect
            label={t('assessment.cloud')}
            value={destination}
            onChange={({ currentTarget }) => setDestination(currentTarget.value)}
            data={[{ value: NONE, label: t('assessment.withoutCloud') }, ...optionsOf(to)]}
          />
        </Group>
        <Group gap="sm" align="end">
          <NumberField
            label={t('assessment.rateMb')}
            description={t('assessment.rateWhy')}
            value={megabytes}
            onChange={setMegabytes}
            min={1}
          />
          <NumberField label={t('assessment.atOnce')} value={atOnce} onChange={setAtOnce} min={1} max={1000} />
          <NumberField label={t('waves.most')} value={mostInWave} onChange={setMostInWave} min={1} max={10_000} />
        </Group>
        <Group>
          <MayButton
            takes="operator"
            loading={isBusy}
            isOff={isNothing ? t('assessment.noFiles') : null}
            leftSection={<IconFileAnalytics size={18} aria-hidden="true" />}
            onClick={() => void assess()}
          >
            {t('assessment.start')}
          </MayButton>
        </Group>
        {failed !== null && <ErrorCard error={failed} onRetry={() => void assess()} />}
      </Stack>
    </section>
  );
}

const optionsOf = (loaded: Loaded<readonly { readonly id: string; readonly name: string }[]>) =>
  loaded.state === 'known' ? loaded.value.map(({ id, name }) => ({ value: id, label: name })) : [];

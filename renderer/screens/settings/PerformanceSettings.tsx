/** How much Guts does at the same time, and when it makes way for others. */
import { SimpleGrid, Switch, Text } from '@mantine/core';
import { defaultSettings, MOST_SLOTS, type SchedulerSettings } from '../../../main/shared/schedule.ts';
import { call } from '../../api.ts';
import { Faces } from '../../parts/Faces.tsx';
import { useWhyNot } from '../../parts/MayButton.tsx';
import { NumberField } from '../../parts/NumberField.tsx';
import { t } from '../../texts/t.ts';
import { DraftButtons } from './DraftButtons.tsx';
import { SettingsSection } from './SettingsSection.tsx';
import { newDraft, useDraft } from './use-draft.ts';
import { useSchedulerSettings } from './use-scheduler-settings.ts';

type Part = Pick<SchedulerSettings, 'slots' | 'preflights' | 'latency' | 'isPaused'>;

const partOf = ({ slots, preflights, latency, isPaused }: SchedulerSettings): Part => ({
  slots,
  preflights,
  latency,
  isPaused,
});
const defaults = partOf(defaultSettings);
const begun = newDraft<Part>();
const slotNames = ['global', 'perSource', 'perHost', 'perDatastore', 'perDestination'] as const;
const MOST_MILLISECONDS = 60_000;

export function PerformanceSettings() {
  const { of, load } = useSchedulerSettings();
  return (
    <SettingsSection title={t('performance.title')} why={t('performance.why')}>
      <Faces of={of} onRetry={load}>
        {(settings) => <Form now={partOf(settings)} />}
      </Faces>
    </SettingsSection>
  );
}

function Form({ now }: { readonly now: Part }) {
  const draft = useDraft(begun, now, async (part) => await call('settings.change', part));
  const whyNot = useWhyNot('admin');
  const isOff = whyNot !== null;
  const { value, put } = draft;
  const { mostMilliseconds } = value.latency;
  const count = (key: string, is: number, byDefault: number, change: (to: number) => void) => (
    <NumberField
      key={key}
      label={t(`performance.${key as 'global'}`)} // one of those that follow
      description={t('settings.default', { value: byDefault })}
      value={is}
      min={1}
      max={MOST_SLOTS}
      disabled={isOff}
      onChange={(to) => {
        if (to !== null) change(Math.round(to));
      }}
    />
  );
  return (
    <>
      {whyNot !== null && <Text size="sm">{whyNot}</Text>}
      <Switch
        label={t('performance.isPaused')}
        description={t('performance.isPausedWhy')}
        checked={value.isPaused}
        disabled={isOff}
        onChange={({ currentTarget: { checked } }) => put({ ...value, isPaused: checked })}
      />
      <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }}>
        {slotNames.map((name) =>
          count(name, value.slots[name], defaults.slots[name], (to) =>
            put({ ...value, slots: { ...value.slots, [name]: to } }),
          ),
        )}
        {count('preflights', value.preflights, defaults.preflights, (to) => put({ ...value, preflights: to }))}
      </SimpleGrid>
      <Switch
        label={t('performance.latency')}
        description={t('performance.latencyWhy')}
        checked={mostMilliseconds !== null}
        disabled={isOff}
        onChange={({ currentTarget: { checked } }) =>
          put({ ...value, latency: checked ? defaults.latency : { mostMilliseconds: null } })
        }
      />
      {mostMilliseconds !== null && (
        <NumberField
          label={t('performance.mostMilliseconds')}
          description={t('settings.default', { value: `${defaults.latency.mostMilliseconds ?? 0} ms` })}
          value={mostMilliseconds}
          min={1}
          max={MOST_MILLISECONDS}
          unit="ms"
          disabled={isOff}
          maw={260}
          onChange={(to) => {
            if (to !== null) put({ ...value, latency: { mostMilliseconds: Math.round(to) } });
          }}
        />
      )}
      <DraftButtons
        draft={draft}
        isDefault={JSON.stringify(value) === JSON.stringify(defaults)}
        onDefaults={() => put(defaults)}
      />
    </>
  );
}

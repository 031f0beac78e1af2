/** How fast Guts may send: altogether, for one migration, for those of a source; also by the time of the day. */
import { Group, NativeSelect, Text } from '@mantine/core';
import { SourceId } from '../../../main/shared/connections.ts';
import { defaultSettings, noLimit, type SchedulerSettings } from '../../../main/shared/schedule.ts';
import { call } from '../../api.ts';
import { Faces } from '../../parts/Faces.tsx';
import { MayButton, useWhyNot } from '../../parts/MayButton.tsx';
import { sources } from '../../state/connections.ts';
import { t } from '../../texts/t.ts';
import { DraftButtons } from './DraftButtons.tsx';
import { LimitFields } from './LimitFields.tsx';
import { SettingsSection } from './SettingsSection.tsx';
import { newDraft, useDraft } from './use-draft.ts';
import { useSchedulerSettings } from './use-scheduler-settings.ts';

type Bandwidth = SchedulerSettings['bandwidth'];

const begun = newDraft<Bandwidth>();

export function BandwidthSettings() {
  const { of, load } = useSchedulerSettings();
  return (
    <SettingsSection title={t('bandwidth.title')} why={t('bandwidth.why')}>
      <Faces of={of} onRetry={load}>
        {({ bandwidth }) => <Form now={bandwidth} />}
      </Faces>
    </SettingsSection>
  );
}

function Form({ now }: { readonly now: Bandwidth }) {
  const draft = useDraft(begun, now, async (bandwidth) => await call('settings.change', { bandwidth }));
  const whyNot = useWhyNot('admin');
  const isOff = whyNot !== null;
  const known = sources.use();
  const names = new Map(known.state === 'known' ? known.value.map(({ id, name }) => [id, name]) : []);
  const { value, put } = draft;
  const limited = Object.entries(value.perSource).map(([id, limit]) => ({ id: SourceId.parse(id), limit }));
  const others = [...names].filter(([id]) => value.perSource[id] === undefined);
  const without = (id: SourceId): Bandwidth => {
    const { [id]: _gone, ...perSource } = value.perSource;
    return { ...value, perSource };
  };
  return (
    <>
      {whyNot !== null && <Text size="sm">{whyNot}</Text>}
      <LimitFields
        title={t('bandwidth.global')}
        limit={value.global}
        isOff={isOff}
        onChange={(global) => put({ ...value, global })}
      />
      <LimitFields
        title={t('bandwidth.perMigration')}
        limit={value.perMigration}
        isOff={isOff}
        onChange={(perMigration) => put({ ...value, perMigration })}
      />
      {limited.map(({ id, limit }) => (
        <div key={id}>
          <LimitFields
            title={t('bandwidth.ofSource', { name: names.get(id) ?? id })}
            limit={limit}
            isOff={isOff}
            onChange={(to) => put({ ...value, perSource: { ...value.perSource, [id]: to } })}
          />
          <MayButton takes="admin" variant="subtle" size="xs" onClick={() => put(without(id))}>
            {t('bandwidth.forgetSource', { name: names.get(id) ?? id })}
          </MayButton>
        </div>
      ))}
      {others.length > 0 && (
        <Group>
          <NativeSelect
            label={t('bandwidth.addSource')}
            data={[
              { value: '', label: t('bandwidth.chooseSource') },
              ...others.map(([id, name]) => ({ value: id, label: name })),
            ]}
            value=""
            disabled={isOff}
            w={260}
            onChange={({ currentTarget }) => {
              const source = SourceId.safeParse(currentTarget.value).data;
              if (source !== undefined) put({ ...value, perSource: { ...value.perSource, [source]: noLimit } });
            }}
          />
        </Group>
      )}
      <DraftButtons
        draft={draft}
        isDefault={JSON.stringify(value) === JSON.stringify(defaultSettings.bandwidth)}
        onDefaults={() => put(defaultSettings.bandwidth)}
      />
    </>
  );
}

/** Whether and where Guts looks for new versions, and what it found. For the desktop program only. */
import { Alert, Button, Group, Radio, Stack, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { UpdateChannel, UpdateFeed, type UpdateState } from '../../../main/shared/desktop.ts';
import { ask, listen } from '../../bridge.ts';
import { ErrorCard } from '../../parts/ErrorCard.tsx';
import { Faces } from '../../parts/Faces.tsx';
import { t } from '../../texts/t.ts';
import { useAsked } from './asked-value.ts';
import { NotSaved } from './DraftButtons.tsx';
import { SettingsSection } from './SettingsSection.tsx';
import { UpdateFound } from './UpdateFound.tsx';
import { newDraft, useDraft } from './use-draft.ts';

const current = async (): Promise<UpdateState> => await ask('updates.get', {});

export function UpdateSettings() {
  const { of, error, isBusy, load, change, put } = useAsked(current);
  useEffect(() => listen('updates.changed', put), [put]);
  return (
    <SettingsSection title={t('updates.title')} why={t('updates.why')}>
      {error !== null && <ErrorCard error={error} />}
      <Faces of={of} onRetry={load}>
        {(state) =>
          state.isManaged ? (
            <Alert>{t('updates.managed')}</Alert>
          ) : (
            <>
              <Choice state={state} put={put} />
              {state.channel !== 'off' && (
                <UpdateFound
                  state={state}
                  isBusy={isBusy}
                  onCheck={() => change(async () => await ask('updates.check', {}))}
                />
              )}
            </>
          )
        }
      </Faces>
    </SettingsSection>
  );
}

interface Wish {
  readonly channel: UpdateChannel;
  readonly address: string;
}

const begun = newDraft<Wish>();

interface ChoiceProps {
  readonly state: UpdateState;
  readonly put: (state: UpdateState) => void;
}

function Choice({ state, put }: ChoiceProps) {
  const now = { channel: state.channel, address: state.feed ?? '' };
  const draft = useDraft<Wish>(begun, now, async ({ channel, address }) => {
    const feed = address.trim();
    put(await ask('updates.set', { channel, feed: feed === '' ? null : feed }));
  });
  const [problem, setProblem] = useState<string | null>(null);
  const { value } = draft;
  const save = (): void => {
    const wrong = problemOf(value);
    setProblem(wrong);
    if (wrong === null) draft.save();
  };

  return (
    <>
      <Radio.Group
        value={value.channel}
        label={t('updates.channel')}
        onChange={(wish) => draft.put({ ...value, channel: UpdateChannel.parse(wish) })}
      >
        <Stack gap="xs" mt="xs">
          {UpdateChannel.options.map((one) => (
            <Radio key={one} value={one} label={t(`updates.${one}`)} />
          ))}
        </Stack>
      </Radio.Group>
      <TextInput
        label={t('updates.feed')}
        description={t('updates.feedWhy')}
        value={value.address}
        error={problem}
        type="url"
        maw={560}
        onChange={({ currentTarget: { value: address } }) => draft.put({ ...value, address })}
      />
      {draft.error !== null && <ErrorCard error={draft.error} />}
      <Group gap="xs">
        <Button onClick={save} disabled={!draft.isChanged} loading={draft.isBusy}>
          {t('updates.save')}
        </Button>
        <NotSaved draft={draft} />
      </Group>
    </>
  );
}

function problemOf({ channel, address }: Wish): string | null {
  const feed = address.trim();
  if (feed === '') return channel === 'off' ? null : t('updates.feedMissing');
  return UpdateFeed.safeParse(feed).success ? null : t('updates.feedBad');
}

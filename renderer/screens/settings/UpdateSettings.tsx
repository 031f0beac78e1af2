/** Whether and where Guts looks for new versions, and what it found. For the desktop program only. */
import { Alert, Button, Group, Radio, Stack, Text, TextInput, Title } from '@mantine/core';
import { useEffect, useState } from 'react';
import { UpdateChannel, UpdateFeed, type UpdateState } from '../../../main/shared/desktop.ts';
import { ask, isDesktop, listen } from '../../bridge.ts';
import { ErrorCard } from '../../parts/ErrorCard.tsx';
import { Faces } from '../../parts/Faces.tsx';
import { t } from '../../texts/t.ts';
import { useAsked } from './asked-value.ts';
import { UpdateFound } from './UpdateFound.tsx';

const current = async (): Promise<UpdateState> => await ask('updates.get', {});

export function UpdateSettings() {
  return isDesktop() ? <Section /> : null;
}

function Section() {
  const { of, error, isBusy, load, change, put } = useAsked(current);
  useEffect(() => listen('updates.changed', put), [put]);
  return (
    <Stack component="section" gap="sm" aria-label={t('updates.title')}>
      <Title order={2} size="h4">
        {t('updates.title')}
      </Title>
      <Text c="dimmed">{t('updates.why')}</Text>
      {error !== null && <ErrorCard error={error} />}
      <Faces of={of} onRetry={load}>
        {(state) =>
          state.isManaged ? (
            <Alert>{t('updates.managed')}</Alert>
          ) : (
            <>
              <Choice key={`${state.channel} ${state.feed}`} state={state} isBusy={isBusy} change={change} />
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
    </Stack>
  );
}

interface ChoiceProps {
  readonly state: UpdateState;
  readonly isBusy: boolean;
  readonly change: (wish: () => Promise<UpdateState>) => void;
}

function Choice({ state, isBusy, change }: ChoiceProps) {
  const [channel, setChannel] = useState(state.channel);
  const [address, setAddress] = useState(state.feed ?? '');
  const [problem, setProblem] = useState<string | null>(null);
  const save = (): void => {
    const feed = address.trim();
    if (feed === '' && channel !== 'off') setProblem(t('updates.feedMissing'));
    else if (feed !== '' && !UpdateFeed.safeParse(feed).success) setProblem(t('updates.feedBad'));
    else {
      setProblem(null);
      change(async () => await ask('updates.set', { channel, feed: feed === '' ? null : feed }));
    }
  };
  const isChanged = channel !== state.channel || address.trim() !== (state.feed ?? '');

  return (
    <>
      <Radio.Group
        value={channel}
        label={t('updates.channel')}
        onChange={(wish) => setChannel(UpdateChannel.parse(wish))}
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
        value={address}
        error={problem}
        type="url"
        maw={560}
        onChange={({ currentTarget: { value } }) => setAddress(value)}
      />
      <Group>
        <Button onClick={save} disabled={!isChanged} loading={isBusy}>
          {t('updates.save')}
        </Button>
      </Group>
    </>
  );
}

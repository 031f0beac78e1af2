/** Offers what was begun and not saved, before anything takes its place. */
import { Button, Group, Stack, Text } from '@mantine/core';
import { PageHead } from '../../../parts/PageHead.tsx';
import { momentText, numberText } from '../../../texts/format.ts';
import { t } from '../../../texts/t.ts';
import type { Draft } from './draft.ts';

interface OfferDraftProps {
  readonly draft: Draft;
  /** Machines that were handed over by another screen. */
  readonly more: number;
  /** By which the new one would begin. */
  readonly template?: string;
  readonly onGo: () => void;
  readonly onDiscard: () => void;
}

export function OfferDraft({ draft, more, template, onGo, onDiscard }: OfferDraftProps) {
  const time = momentText(draft.changedAt);
  const count = draft.machines.length;
  return (
    <Stack>
      <PageHead title={t('wizard.offer')} />
      <div className="guts-card">
        <Text fw={600}>{draft.name === '' ? t('plans.new') : draft.name}</Text>
        <Text>{t('wizard.offerWhat', { count, number: numberText(count), time })}</Text>
        {more > 0 && <Text>{t('wizard.offerMore', { count: more, number: numberText(more) })}</Text>}
        {template !== undefined && <Text>{t('templates.offer', { name: template })}</Text>}
        <Group mt="md">
          <Button onClick={onGo} data-autofocus>
            {t('wizard.offerGo', { time })}
          </Button>
          <Button variant="default" onClick={onDiscard}>
            {t('wizard.offerDiscard')}
          </Button>
        </Group>
      </div>
    </Stack>
  );
}

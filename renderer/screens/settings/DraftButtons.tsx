/** Saves a change, puts it aside, or takes the defaults; and says that it is not saved yet. */
import { Group, Text } from '@mantine/core';
import { ErrorCard } from '../../parts/ErrorCard.tsx';
import { MayButton } from '../../parts/MayButton.tsx';
import { t } from '../../texts/t.ts';
import type { Draft } from './use-draft.ts';

interface DraftButtonsProps<T> {
  readonly draft: Draft<T>;
  readonly isDefault: boolean;
  readonly onDefaults: () => void;
}

export function DraftButtons<T>({ draft, isDefault, onDefaults }: DraftButtonsProps<T>) {
  const unchanged = draft.isChanged ? null : t('settings.unchanged');
  return (
    <>
      {draft.error !== null && <ErrorCard error={draft.error} onRetry={draft.save} />}
      {draft.isOutdated && (
        <Text size="sm" component="output">
          {t('settings.outdated')}
        </Text>
      )}
      <Group gap="xs">
        <MayButton takes="admin" loading={draft.isBusy} isOff={unchanged} onClick={draft.save}>
          {t('settings.save')}
        </MayButton>
        <MayButton takes="admin" variant="default" isOff={unchanged} onClick={draft.discard}>
          {t('settings.discard')}
        </MayButton>
        <MayButton
          takes="admin"
          variant="subtle"
          isOff={isDefault ? t('settings.areDefaults') : null}
          onClick={onDefaults}
        >
          {t('settings.defaults')}
        </MayButton>
        <NotSaved draft={draft} />
      </Group>
    </>
  );
}

export const NotSaved = ({ draft }: { readonly draft: Pick<Draft<unknown>, 'isChanged'> }) =>
  draft.isChanged && (
    <Text size="sm" c="dimmed">
      {t('settings.notSaved')}
    </Text>
  );

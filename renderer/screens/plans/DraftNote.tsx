/** A plan that was begun and not saved: a way back to it. */
import { Alert, Button, Group } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import { go } from '../../router.ts';
import { momentText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { isKept, NEW_PLAN, useDrafts } from './wizard/drafts.ts';

export function DraftNote() {
  const draft = useDrafts(({ byKey }) => byKey[NEW_PLAN]);
  if (draft === undefined || !isKept(draft)) return null;
  return (
    <Alert color="guts" icon={<IconPencil size={18} aria-hidden="true" />}>
      <Group justify="space-between">
        <span>{t('plans.draftKept', { time: momentText(draft.changedAt) })}</span>
        <Button size="xs" variant="default" onClick={() => go('/plans/new')}>
          {t('plans.draftGo')}
        </Button>
      </Group>
    </Alert>
  );
}

/** Asks before a wish by which something is lost: what is kept of what was copied, and what goes on which side. */
import { Text } from '@mantine/core';
import type { MigrationRow } from '../../../../main/shared/migration-row.ts';
import { ConfirmDialog } from '../../../parts/ConfirmDialog.tsx';
import { t } from '../../../texts/t.ts';
import { CutoverSteps } from './CutoverSteps.tsx';
import { isDangerous, type Wish } from './wishes.ts';
import { WhatGoes } from './WhatGoes.tsx';
import { wishText } from './wish-text.ts';

interface ActingDialogProps {
  readonly wish: Wish;
  readonly rows: readonly MigrationRow[];
  readonly onDo: () => Promise<void>;
  readonly onClose: () => void;
}

const MOST_NAMED = 6;

export function ActingDialog({ wish, rows, onDo, onClose }: ActingDialogProps) {
  const doIt = wishText(wish, rows);
  const more = rows.length - MOST_NAMED;
  return (
    <ConfirmDialog
      title={t('acting.question', { doIt })}
      doIt={doIt}
      isDangerous={isDangerous(wish)}
      {...(wish === 'cancel' ? { keep: t('acting.keep', { count: rows.length }) } : {})}
      onDo={onDo}
      onClose={onClose}
    >
      {rows.length > 1 && (
        <Text size="sm" c="dimmed">
          {rows
            .slice(0, MOST_NAMED)
            .map(({ vm }) => vm.name)
            .join(', ')}
          {more > 0 && ` ${t('acting.andMore', { count: more })}`}
        </Text>
      )}
      {wish === 'cancel' ? <WhatGoes rows={rows} /> : <p className="guts-plain">{t(`effect.${wish}`)}</p>}
      {wish === 'cutover' && <CutoverSteps rows={rows} />}
    </ConfirmDialog>
  );
}

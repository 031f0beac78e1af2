/** A button for a wish: it says what happens to what was copied where it is pointed at, or why it cannot be used now. */
import { Button, Tooltip, type ButtonProps } from '@mantine/core';
import type { MigrationRow } from '../../../../main/shared/migration-row.ts';
import { t } from '../../../texts/t.ts';
import type { Acting } from './useActing.tsx';
import { whyIdle, wishText } from './wish-text.ts';
import { isDangerous, type Wish } from './wishes.ts';

interface WishButtonProps extends Pick<ButtonProps, 'size' | 'variant'> {
  readonly wish: Wish;
  readonly row: MigrationRow;
  readonly acting: Pick<Acting, 'isOff' | 'wish'>;
}

export function WishButton({ wish, row, acting, ...look }: WishButtonProps) {
  const isOff = acting.isOff ?? whyIdle(wish, row);
  const says = isOff ?? t(`effect.${wish}`);
  const use =
    isOff === null ? { onClick: () => acting.wish(wish, [row]) } : { 'data-disabled': true, 'aria-disabled': true };
  return (
    <Tooltip label={says} multiline maw={340} openDelay={400} events={{ hover: true, focus: true, touch: true }}>
      <Button
        {...look}
        {...(isDangerous(wish) ? { c: 'var(--guts-bad)' } : {})}
        {...use}
        aria-label={wishText(wish, [row])}
        aria-description={says}
      >
        {t(`wish.short.${wish}`)}
      </Button>
    </Tooltip>
  );
}

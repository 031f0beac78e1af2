/** Says in passing that something was done. What went wrong is said where it happened, and stays there. */
import { notifications } from '@mantine/notifications';
import type { ReactNode } from 'react';
import { t } from '../texts/t.ts';

interface ToastMore {
  readonly title?: string;
  /** Until somebody closes it. */
  readonly stays?: boolean;
}

export function toast(message: ReactNode, { title, stays = false }: ToastMore = {}): void {
  notifications.show({
    color: 'guts',
    message,
    closeButtonProps: { 'aria-label': t('dialog.close') },
    ...(title === undefined ? {} : { title }),
    ...(stays ? { autoClose: false } : {}),
  });
}

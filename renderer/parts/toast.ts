/** Says in passing that something was done. What went wrong is said where it happened, and stays there. */
import { notifications } from '@mantine/notifications';
import { t } from '../texts/t.ts';

export const toast = (message: string): void =>
  void notifications.show({ message, closeButtonProps: { 'aria-label': t('dialog.close') } });

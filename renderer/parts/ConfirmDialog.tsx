/** Asks before something that cannot be taken back: it says what will happen, and Cancel is what Enter does. */
import { Button, Group, Stack } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { toErrorInfo, type ErrorInfo } from '../../main/shared/errors.ts';
import { t } from '../texts/t.ts';
import { Dialog } from './Dialog.tsx';
import { ErrorCard } from './ErrorCard.tsx';

interface ConfirmDialogProps {
  readonly title: string;
  /** Wider than a question needs it. */
  readonly size?: 'lg';
  readonly children: ReactNode;
  /** Named by its effect: “Delete 3 volumes in OpenStack”. */
  readonly doIt: string;
  readonly isDangerous?: boolean;
  /** What the other button is called, where “Cancel” would be taken for this one. */
  readonly keep?: string;
  /** There is nothing to do yet. */
  readonly isOff?: boolean;
  readonly onDo: () => Promise<void>;
  readonly onClose: () => void;
}

export function ConfirmDialog({
  title,
  size,
  children,
  doIt,
  isDangerous = true,
  keep,
  isOff = false,
  onDo,
  onClose,
}: ConfirmDialogProps) {
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<ErrorInfo | null>(null);
  const go = async (): Promise<void> => {
    setIsBusy(true);
    setError(null);
    try {
      await onDo();
      onClose();
    } catch (thrown) {
      setError(toErrorInfo(thrown));
      setIsBusy(false);
    }
  };

  return (
    <Dialog onClose={onClose} title={title} {...(size === undefined ? {} : { size })}>
      <Stack>
        {children}
        {error !== null && <ErrorCard error={error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            {keep ?? t('dialog.cancel')}
          </Button>
          <Button color={isDangerous ? 'danger' : 'guts'} loading={isBusy} disabled={isOff} onClick={() => void go()}>
            {doIt}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}

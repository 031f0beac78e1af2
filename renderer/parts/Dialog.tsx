/** A dialog with a name, whose way out has one, too. */
import { Modal, type ModalProps } from '@mantine/core';
import { t } from '../texts/t.ts';

type DialogProps = Pick<ModalProps, 'size' | 'children'> & {
  readonly title: string;
  readonly onClose: () => void;
  /** What is in it would be lost: only its buttons close it. */
  readonly isKept?: boolean;
};

export function Dialog({ size = 'md', isKept = false, ...props }: DialogProps) {
  return (
    <Modal
      opened
      centered
      size={size}
      closeOnClickOutside={!isKept}
      closeOnEscape={!isKept}
      withCloseButton={!isKept}
      closeButtonProps={{ 'aria-label': t('dialog.close') }}
      {...props}
    />
  );
}

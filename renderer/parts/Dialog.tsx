/** A dialog with a name, whose way out has one, too. */
import { Modal, type ModalProps } from '@mantine/core';
import { t } from '../texts/t.ts';

type DialogProps = Pick<ModalProps, 'size' | 'children'> & {
  readonly title: string;
  readonly onClose: () => void;
};

export function Dialog({ size = 'md', ...props }: DialogProps) {
  return <Modal opened centered size={size} closeButtonProps={{ 'aria-label': t('dialog.close') }} {...props} />;
}

/** “?”: the keys that work everywhere. */
import { Modal, Table } from '@mantine/core';
import { create } from 'zustand';
import { onMenu } from '../state/desktop.ts';
import classes from './KeysDialog.module.css';
import { t, type TextKey } from '../texts/t.ts';

const useKeys = create<{ readonly isOpen: boolean }>()(() => ({ isOpen: false }));

export const openKeys = (): void => useKeys.setState({ isOpen: true });
onMenu('keys', openKeys);

/** Each by what is printed on it. */
const keys: readonly (readonly [string, TextKey])[] = [
  ['Ctrl K', 'keys.palette'],
  ['Ctrl 1 … 9', 'keys.places'],
  ['F5', 'keys.refresh'],
  ['Tab', 'keys.next'],
  ['Enter', 'keys.press'],
  ['Esc', 'keys.close'],
  ['?', 'keys.keys'],
];

export function KeysDialog() {
  const isOpen = useKeys(({ isOpen: open }) => open);
  if (!isOpen) return null;
  return (
    <Modal
      opened
      centered
      onClose={() => useKeys.setState({ isOpen: false })}
      title={t('shell.keys')}
      closeButtonProps={{ 'aria-label': t('dialog.close') }}
    >
      <Table aria-label={t('shell.keys')}>
        <Table.Tbody>
          {keys.map(([key, does]) => (
            <Table.Tr key={key}>
              <Table.Th scope="row" className={classes['key'] ?? ''}>
                <kbd>{key}</kbd>
              </Table.Th>
              <Table.Td>{t(does)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}

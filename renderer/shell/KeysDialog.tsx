/** “?”: the keys that work everywhere, and those of tables. */
import { Modal, Table } from '@mantine/core';
import { create } from 'zustand';
import { onMenu } from '../state/desktop.ts';
import classes from './KeysDialog.module.css';
import { t, type TextKey } from '../texts/t.ts';

const useKeys = create<{ readonly isOpen: boolean }>()(() => ({ isOpen: false }));

export const openKeys = (): void => useKeys.setState({ isOpen: true });
onMenu('keys', openKeys);

type Keys = readonly (readonly [string, TextKey])[];

/** Each by what is printed on it. */
const everywhere: Keys = [
  ['Ctrl K', 'keys.palette'],
  ['Ctrl 1 … 8', 'keys.places'],
  ['Ctrl J', 'keys.activity'],
  ['F5', 'keys.refresh'],
  ['Tab', 'keys.next'],
  ['Enter', 'keys.press'],
  ['Esc', 'keys.close'],
  ['?', 'keys.keys'],
];
const inTables: Keys = [
  ['/', 'keys.filter'],
  ['↑ ↓ ← →', 'keys.cells'],
  ['A … Z', 'keys.spell'],
  ['Space', 'keys.choose'],
  ['Ctrl A', 'keys.chooseAll'],
  ['Ctrl C', 'keys.copyRow'],
  ['Enter', 'keys.openRow'],
  ['Shift F10', 'keys.rowMenu'],
];

export function KeysDialog() {
  const isOpen = useKeys(({ isOpen: open }) => open);
  if (!isOpen) return null;
  return (
    <Modal
      opened
      centered
      size="lg"
      onClose={() => useKeys.setState({ isOpen: false })}
      title={t('shell.keys')}
      closeButtonProps={{ 'aria-label': t('dialog.close') }}
    >
      <KeyTable title={t('keys.everywhere')} keys={everywhere} />
      <KeyTable title={t('keys.inTables')} keys={inTables} />
    </Modal>
  );
}

function KeyTable({ title, keys }: { readonly title: string; readonly keys: Keys }) {
  return (
    <Table captionSide="top">
      <Table.Caption className={classes['title'] ?? ''}>{title}</Table.Caption>
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
  );
}

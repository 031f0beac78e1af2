/** Views of a table by their names: filter, columns and order as somebody wants to see them again. */
import { ActionIcon, Button, Group, Menu, Stack, TextInput } from '@mantine/core';
import { IconBookmark } from '@tabler/icons-react';
import { useState } from 'react';
import { Dialog } from '../Dialog.tsx';
import { t } from '../../texts/t.ts';
import type { TableState } from './use-table.ts';

export function ViewMenu<Row>({ table }: { readonly table: TableState<Row> }) {
  const [name, setName] = useState<string | null>(null);
  const save = (): void => {
    if (name === null || name.trim() === '') return;
    table.saveView(name.trim());
    setName(null);
  };
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" aria-label={t('table.views')} title={t('table.views')}>
            <IconBookmark size={16} aria-hidden="true" />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {table.views.map((view) => (
            <Menu.Item key={view.name} onClick={() => table.showView(view)}>
              {view.name}
            </Menu.Item>
          ))}
          {table.views.length > 0 && <Menu.Divider />}
          <Menu.Item onClick={() => setName('')}>{t('table.viewSave')}</Menu.Item>
          {table.views.map((view) => (
            <Menu.Item key={view.name} onClick={() => table.dropView(view.name)}>
              {t('table.viewDrop', { name: view.name })}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {name !== null && (
        <Dialog title={t('table.viewTitle')} onClose={() => setName(null)}>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              save();
            }}
          >
            <Stack>
              <TextInput
                label={t('table.viewName')}
                description={t('table.viewWhy')}
                value={name}
                onChange={({ currentTarget }) => setName(currentTarget.value)}
                maxLength={60}
                data-autofocus
              />
              <Group justify="flex-end">
                <Button variant="default" onClick={() => setName(null)}>
                  {t('dialog.cancel')}
                </Button>
                <Button type="submit" disabled={name.trim() === ''}>
                  {t('table.viewSaveNow')}
                </Button>
              </Group>
            </Stack>
          </form>
        </Dialog>
      )}
    </>
  );
}

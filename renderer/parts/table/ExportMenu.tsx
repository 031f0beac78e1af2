/** Gives a table away: as a CSV file of what is shown or of all, or into the clipboard. */
import { ActionIcon, Menu } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { numberText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { copyText } from '../copy.ts';
import { fileName, saveFile } from './save-file.ts';
import { csvOf, tsvOf } from './separated.ts';
import type { TableState } from './use-table.ts';

interface ExportMenuProps<Row> {
  readonly label: string;
  readonly table: TableState<Row>;
  readonly chosen: readonly Row[];
}

export function ExportMenu<Row>({ label, table, chosen }: ExportMenuProps<Row>) {
  const { all, shown, columns, shownColumns } = table;
  const save = (rows: readonly Row[], which: TableState<Row>['columns']): void =>
    saveFile(`${fileName(label, new Date())}.csv`, csvOf(rows, which), 'text/csv;charset=utf-8');
  const copied = chosen.length > 0 ? chosen : shown;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="default" aria-label={t('table.export')} title={t('table.export')}>
          <IconDownload size={16} aria-hidden="true" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => save(shown, shownColumns)}>
          {t('table.saveShown', { number: numberText(shown.length) })}
        </Menu.Item>
        {chosen.length > 0 && (
          <Menu.Item onClick={() => save(chosen, shownColumns)}>
            {t('table.saveChosen', { number: numberText(chosen.length) })}
          </Menu.Item>
        )}
        <Menu.Item onClick={() => save(all, columns)}>
          {t('table.saveAll', { number: numberText(all.length) })}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item onClick={() => void copyText(tsvOf(copied, shownColumns))}>
          {t(chosen.length > 0 ? 'table.copyChosen' : 'table.copyShown', { number: numberText(copied.length) })}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

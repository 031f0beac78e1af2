/** What can be done with a connection: the same in the table, on its page and on the health page. */
import { useState, type ReactNode } from 'react';
import type { RowAction } from '../../parts/table/column.ts';
import { useWhyNot } from '../../parts/MayButton.tsx';
import { t } from '../../texts/t.ts';
import { CertificateDialog } from './CertificateDialog.tsx';
import { deedsOf, offReason, takes, type ConnectionDeed } from './deeds.ts';
import { RefreshDialog } from './RefreshDialog.tsx';
import { RemoveDialog } from './RemoveDialog.tsx';
import type { ConnectionRow } from './rows.ts';
import { SecretDialog } from './SecretDialog.tsx';
import { TestDialog } from './TestDialog.tsx';

export interface ConnectionActions {
  readonly ask: (deed: ConnectionDeed, row: ConnectionRow) => void;
  readonly actionsOf: (rows: readonly ConnectionRow[]) => readonly RowAction<ConnectionRow>[];
  /** Where the screen wants its dialogs. */
  readonly dialog: ReactNode;
}

/** @param onRemoved what is shown is about it no longer */
export function useConnectionActions(onRemoved: () => void = () => {}): ConnectionActions {
  const [asked, setAsked] = useState<{ readonly deed: ConnectionDeed; readonly row: ConnectionRow } | null>(null);
  const whyNot = { operator: useWhyNot('operator'), admin: useWhyNot('admin') };
  const ask = (deed: ConnectionDeed, row: ConnectionRow): void => setAsked({ deed, row });
  const close = (): void => setAsked(null);

  const actionsOf = (rows: readonly ConnectionRow[]): readonly RowAction<ConnectionRow>[] => {
    const [row, ...others] = rows;
    if (row === undefined) return [];
    const several = others.length > 0 ? t('connections.oneAtATime') : null;
    return deedsOf(row).map((deed) => ({
      id: deed,
      title: t(`connections.do.${deed}`),
      isDangerous: deed === 'remove',
      isOff: several ?? whyNot[takes[deed]] ?? offReason(deed, row),
      run: () => ask(deed, row),
    }));
  };
  return { ask, actionsOf, dialog: asked === null ? null : dialogOf(asked.deed, asked.row) };

  function dialogOf(deed: ConnectionDeed, row: ConnectionRow): ReactNode {
    switch (deed) {
      case 'test':
        return <TestDialog row={row} onAsk={ask} onClose={close} />;
      case 'refresh':
        return <RefreshDialog row={row} onAsk={ask} onClose={close} />;
      case 'certificate':
        return <CertificateDialog row={row} onClose={close} />;
      case 'secret':
        return <SecretDialog row={row} onClose={close} />;
      case 'remove':
        return <RemoveDialog row={row} onRemoved={onRemoved} onClose={close} />;
    }
  }
}

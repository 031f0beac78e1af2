/** Wishes for migrations from wherever they are shown: asks where something would be lost, does it, says how it went. */
import { useCallback, useState, type ReactNode } from 'react';
import { toErrorInfo, type ErrorInfo } from '../../../../main/shared/errors.ts';
import type { MigrationRow } from '../../../../main/shared/migration-row.ts';
import { mayAs, useSession } from '../../../state/session.ts';
import { t } from '../../../texts/t.ts';
import { ActingDialog } from './ActingDialog.tsx';
import { DeedNotice } from './DeedNotice.tsx';
import { perform, type Deed } from './perform.ts';
import { isAskedAbout, type Wish } from './wishes.ts';

export interface Acting {
  /** Why this person may not; null where they may. */
  readonly isOff: string | null;
  wish(wish: Wish, rows: readonly MigrationRow[]): void;
  /** How the last one went is old. */
  forget(): void;
  /** Dialogs, and how it went: to be shown above what it is about. */
  readonly notice: ReactNode;
}

const nothing = (): void => {};

/** @param onDone once it was done for all or for some */
export function useActing(onDone: (deed: Deed) => void = nothing): Acting {
  const mayAct = useSession((view) => mayAs(view, 'operator'));
  const [asked, setAsked] = useState<{ readonly wish: Wish; readonly rows: readonly MigrationRow[] } | null>(null);
  const [outcome, setOutcome] = useState<Deed | ErrorInfo | null>(null);

  const act = useCallback(
    async (what: Wish, rows: readonly MigrationRow[]): Promise<void> => {
      setOutcome(null);
      const deed = await perform(what, rows);
      setOutcome(deed);
      onDone(deed);
    },
    [onDone],
  );
  const wish = useCallback<Acting['wish']>(
    (what, rows) => {
      if (isAskedAbout(what)) setAsked({ wish: what, rows });
      else act(what, rows).catch((error: unknown) => setOutcome(toErrorInfo(error)));
    },
    [act],
  );
  const forget = useCallback(() => setOutcome(null), []);
  const notice = (
    <>
      {outcome !== null && <DeedNotice outcome={outcome} onClose={forget} />}
      {asked !== null && (
        <ActingDialog {...asked} onDo={async () => await act(asked.wish, asked.rows)} onClose={() => setAsked(null)} />
      )}
    </>
  );
  return { isOff: mayAct ? null : t('acting.viewerOnly'), wish, forget, notice };
}

/** Does what was wished for one migration or several, and tells how it went for each. */
import { toErrorInfo, type ErrorInfo } from '../../../../main/shared/errors.ts';
import type { MigrationRow } from '../../../../main/shared/migration-row.ts';
import { call } from '../../../api.ts';
import type { Wish } from './wishes.ts';

export interface Deed {
  readonly wish: Wish;
  readonly done: readonly string[];
  readonly refused: readonly { readonly vm: string; readonly error: ErrorInfo }[];
}

/** @throws RemoteError where there is one only, or nothing was done */
export async function perform(wish: Wish, rows: readonly MigrationRow[]): Promise<Deed> {
  const [only] = rows;
  const nameOf = new Map(rows.map(({ id, vm }) => [id, vm.name]));
  if (only !== undefined && rows.length === 1) {
    if (wish === 'delete') await call('migrations.delete', { id: only.id });
    else await call('migrations.action', { id: only.id, action: wish });
    return { wish, done: [only.vm.name], refused: [] };
  }
  const results = wish === 'delete' ? await deleteAll(rows) : await actOnAll(wish, rows);
  const vmOf = (id: MigrationRow['id']): string => nameOf.get(id) ?? id;
  return {
    wish,
    done: results.flatMap(({ id, error }) => (error === null ? [vmOf(id)] : [])),
    refused: results.flatMap(({ id, error }) => (error === null ? [] : [{ vm: vmOf(id), error }])),
  };
}

interface Result {
  readonly id: MigrationRow['id'];
  readonly error: ErrorInfo | null;
}

const actOnAll = async (action: Exclude<Wish, 'delete'>, rows: readonly MigrationRow[]): Promise<readonly Result[]> =>
  (await call('migrations.actOnMany', { action, ids: rows.map(({ id }) => id) })).results;

/** One after another: each is a file less. */
async function deleteAll(rows: readonly MigrationRow[]): Promise<Result[]> {
  const results: Result[] = [];
  for (const { id } of rows) {
    const error = await call('migrations.delete', { id }).then(
      () => null,
      (thrown: unknown) => toErrorInfo(thrown),
    );
    results.push({ id, error });
  }
  return results;
}

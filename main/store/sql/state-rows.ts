/** A whole state as rows of a database: read at one moment, and put there in one transaction. */
import { dataFile, inOrder } from '../data-files.ts';
import { GutsError } from '../../shared/errors.ts';
import { StateInTheWayError } from '../state.ts';
import type { StateFileText } from '../state-files.ts';
import type { Database, StateRow, Tx } from './database.ts';
import { clockOf } from './leader.ts';

const JOURNAL = /^migrations\/(mig_[0-9a-z]{12})\.jsonl$/;
const LOG = /^(queue|audit(?:-\d+)?)\.jsonl$/;
const AT_ONCE = 200;
/** A large state takes its time. */
const ANSWER_MS = 3_600_000;

/** A server has the state. */
export class StateInUseError extends GutsError {
  readonly code = 'state.in-use';
  readonly remedy = 'Stop all servers of this database (guts serve), wait half a minute, and try again.';

  constructor(place: string) {
    super(`The state at ${place} is in use by a server.`);
  }
}

/** @throws StateInUseError */
export async function filesIn(database: Database): Promise<StateFileText[]> {
  return await database.write(
    async (tx, _changed, row) => {
      await demandIdle(database, tx, row);
      return await allOf(tx);
    },
    { answerMs: ANSWER_MS },
  );
}

/** Nothing is there before all of it is. @throws StateInUseError, StateInTheWayError */
export async function putFiles(database: Database, files: readonly StateFileText[]): Promise<void> {
  await database.write(
    async (tx, changed, row) => {
      await demandIdle(database, tx, row);
      const there = (await allOf(tx)).filter((file) => 'text' in file || file.lines.length > 1);
      if (there.length > 0)
        throw new StateInTheWayError(
          database.place,
          there.map(({ name }) => name),
          'database',
        );
      await tx.deleteFrom('guts_log').execute(); // heads without lines
      for (const file of files) await put(tx, file, changed);
    },
    { answerMs: ANSWER_MS },
  );
}

/** Takes everything away again. */
export async function clearFiles(database: Database): Promise<void> {
  await database.write(async (tx) => {
    for (const table of ['guts_documents', 'guts_log', 'guts_journal', 'guts_removed'] as const)
      await tx.deleteFrom(table).execute();
  });
}

async function demandIdle(database: Database, tx: Tx, { holder, validUntilMs }: StateRow): Promise<void> {
  if (holder !== '' && validUntilMs >= (await clockOf(tx, database.address.kind)))
    throw new StateInUseError(database.place);
}

async function put(tx: Tx, file: StateFileText, changed: number): Promise<void> {
  const { name } = file;
  if ('text' in file) {
    await tx.insertInto('guts_documents').values({ name, changed, text: file.text }).execute();
    return;
  }
  const [, migration] = JOURNAL.exec(name) ?? [];
  const [, log] = LOG.exec(name) ?? [];
  for (let from = 0; from < file.lines.length; from += AT_ONCE) {
    const rows = file.lines.slice(from, from + AT_ONCE).map((text, i) => ({ number: from + i, changed, text }));
    if (migration !== undefined)
      await tx
        .insertInto('guts_journal')
        .values(rows.map((row) => ({ migration, ...row })))
        .execute();
    else if (log !== undefined)
      await tx
        .insertInto('guts_log')
        .values(rows.map((row) => ({ log, ...row })))
        .execute();
    else throw new Error(`“${name}” has no place in a database`);
  }
}

async function allOf(tx: Tx): Promise<StateFileText[]> {
  const files = new Map<string, StateFileText>();
  const of = (name: string): string => dataFile(name)?.what ?? '';
  for (const { name, text } of await tx.selectFrom('guts_documents').select(['name', 'text']).execute())
    files.set(name, { name, what: of(name), text });
  const logs = await tx.selectFrom('guts_log').select('log').distinct().execute();
  for (const { log } of logs) {
    const rows = await tx.selectFrom('guts_log').select('text').where('log', '=', log).orderBy('number').execute();
    const name = `${log}.jsonl`;
    files.set(name, { name, what: of(name), lines: rows.map(({ text }) => text) });
  }
  const ids = await tx.selectFrom('guts_journal').select('migration').distinct().execute();
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const some = ids.slice(from, from + AT_ONCE).map(({ migration }) => migration);
    const rows = await tx
      .selectFrom('guts_journal')
      .select(['migration', 'text'])
      .where('migration', 'in', some)
      .orderBy('migration')
      .orderBy('number')
      .execute();
    for (const id of some) {
      const name = `migrations/${id}.jsonl`;
      const lines = rows.filter(({ migration }) => migration === id).map(({ text }) => text);
      files.set(name, { name, what: of(name), lines });
    }
  }
  return inOrder([...files.keys()]).flatMap((name) => files.get(name) ?? []);
}

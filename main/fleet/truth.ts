/** What must not be missed, and what only the daemon knows: asked by workers, answered by one daemon at a time, in order per migration. */
import { TruthAnswer, TruthQuestion, type FleetEntry } from '../shared/fleet.ts';
import type { MigrationId } from '../shared/migration.ts';
import { answerQuestions } from './answering.ts';
import type { Asker, Moment } from './broker/asker.ts';
import type { Broker } from './broker/broker.ts';
import type { Consumer } from './broker/consumer.ts';
import { Declaration } from './broker/declaration.ts';
import { declareTruth, TRUTH_QUEUE } from './broker/topology.ts';
import { fromBytes, toBytes } from './message.ts';

export interface TruthKeeper {
  /**
   * Called for one question of a migration after the other. An entry may come again when a daemon was killed between taking and
   * answering: of a number that is kept under this token already the answer is “taken”.
   * @throws GutsError: a retryable one is asked again after a while; any other is told to the worker
   */
  answer(question: TruthQuestion): Promise<TruthAnswer>;
}

const QUESTIONS_IN_HAND = 200;
/** Migrations of which the last entry is remembered. */
const MOST_REMEMBERED = 10_000;
const MOST_PART_BYTES = 512 * 1024;

export interface TruthTold {
  readonly answer: TruthAnswer;
  /** When the question was sent: an answer is good for a lease from then on. */
  readonly sentAt: Moment;
}

/** A worker's side. */
export class Truth {
  readonly #asker: Asker;

  private constructor(asker: Asker) {
    this.#asker = asker;
  }

  static async on(broker: Broker, asker: Asker): Promise<Truth> {
    await broker.attach(new Declaration(declareTruth));
    return new Truth(asker);
  }

  /** Waits as long as it takes. @throws the signal's reason, BrokerCongestedError, FleetVersionError */
  async ask(question: TruthQuestion, signal?: AbortSignal): Promise<TruthTold> {
    const { body, sentAt } = await this.#asker.ask(
      { to: TRUTH_QUEUE, body: toBytes(question), isDurable: true, againAfterMs: null },
      signal,
    );
    return { answer: fromBytes(TruthAnswer, body), sentAt };
  }
}

/** Part by part. Whatever else is answered, such as “fenced”, instead. @param ask for the part from that entry on */
export async function wholeJournal(
  ask: (from: number) => Promise<TruthAnswer>,
): Promise<readonly FleetEntry[] | Exclude<TruthAnswer, { kind: 'journal' }>> {
  const entries: FleetEntry[] = [];
  for (let from: number | null = 0; from !== null;) {
    const answer: TruthAnswer = await ask(from);
    if (answer.kind !== 'journal') return answer;
    entries.push(...answer.entries);
    from = answer.next;
  }
  return entries;
}

/** A daemon's side, until it is disposed. Of several daemons one is asked; the next, when that one is gone. */
export async function keepTruth(broker: Broker, keeper: TruthKeeper): Promise<Consumer> {
  const turns = new Turns();
  const taken = new Taken();
  return await answerQuestions(broker, {
    declare: declareTruth,
    prefetch: QUESTIONS_IN_HAND,
    parse: (body) => fromBytes(TruthQuestion, body),
    waitsOutTrouble: true,
    answer: async (question) =>
      await turns.next(question.migration, async () => {
        const before = taken.answerTo(question);
        if (before !== undefined) return before;
        const answer = await keeper.answer(question);
        if (answer.kind === 'taken') taken.note(question, answer);
        return answer;
      }),
  });
}

/** So much of a journal as goes into one message. */
export function journalPart(entries: readonly FleetEntry[], from: number): Extract<TruthAnswer, { kind: 'journal' }> {
  const part: FleetEntry[] = [];
  let bytes = 0;
  let next = from;
  for (const entry of entries.slice(from)) {
    bytes += Buffer.byteLength(JSON.stringify(entry));
    if (part.length > 0 && bytes > MOST_PART_BYTES) break;
    part.push(entry);
    next += 1;
  }
  return { kind: 'journal', entries: part, next: next < entries.length ? next : null };
}

/** One after the other for each migration, all migrations beside each other. */
class Turns {
  readonly #last = new Map<MigrationId, Promise<unknown>>();

  async next<T>(migration: MigrationId, call: () => Promise<T>): Promise<T> {
    const before = this.#last.get(migration);
    const turn = (before ?? Promise.resolve()).then(call, call);
    this.#last.set(migration, turn);
    try {
      return await turn;
    } finally {
      if (this.#last.get(migration) === turn) this.#last.delete(migration);
    }
  }
}

/** Entries that were taken by this process, so that one which comes twice costs nothing. */
class Taken {
  readonly #last = new Map<
    MigrationId,
    { readonly token: number; readonly number: number; readonly answer: TruthAnswer }
  >();

  answerTo(question: TruthQuestion): TruthAnswer | undefined {
    if (question.kind !== 'entry') return undefined;
    const last = this.#last.get(question.migration);
    return last?.token === question.token && last.number === question.number ? last.answer : undefined;
  }

  note(question: TruthQuestion, answer: TruthAnswer): void {
    if (question.kind !== 'entry') return;
    const { migration, token, number } = question;
    this.#last.delete(migration);
    this.#last.set(migration, { token, number, answer });
    const [oldest] = this.#last.keys();
    if (this.#last.size > MOST_REMEMBERED && oldest !== undefined) this.#last.delete(oldest);
  }
}

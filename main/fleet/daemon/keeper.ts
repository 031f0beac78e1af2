/** What workers ask of the daemon: entries of journals, whether a migration is still theirs, journals, credentials, and that a job is over. */
import type { EnginePool } from '../../engine-pool.ts';
import type { Hold } from '../../scheduler/entries.ts';
import type { RecordIndex } from '../../scheduler/node.ts';
import { GutsError } from '../../shared/errors.ts';
import { FleetEntry, type TruthAnswer, type TruthQuestion } from '../../shared/fleet.ts';
import type { MigrationId } from '../../shared/migration.ts';
import type { NodeId } from '../../shared/schedule.ts';
import { Stage } from '../../shared/stages.ts';
import type { Journals } from '../../store/journals.ts';
import type { SignIns } from '../../sign-ins.ts';
import { seal } from '../sealing.ts';
import { journalPart, type TruthKeeper } from '../truth.ts';
import type { RemoteNode } from './remote-node.ts';

export interface KeeperParts {
  readonly dataDir: string;
  readonly engines: EnginePool;
  readonly journals: Journals;
  readonly signIns: SignIns;
  readonly index: RecordIndex;
  readonly holdOf: (id: MigrationId) => Hold | null;
  readonly node: (id: NodeId) => RemoteNode | undefined;
  /** How long an answer is good, from when the question was sent. */
  readonly leaseMs: number;
}

/** Asked for something that the migration has nothing to do with. */
class NotItsConnectionError extends GutsError {
  readonly code = 'fleet.not-its-connection';
  readonly remedy =
    'Look at what runs under this node’s name: a worker of Guts asks for the two sides of its migrations alone.';

  constructor(node: NodeId, connection: string) {
    super(`Node “${node}” has asked for the credentials of “${connection}”, which its migration does not use.`);
  }
}

/** Only the engine stops a job; here the caller of none waits. */
const never = new AbortController().signal;

export class Keeper implements TruthKeeper {
  readonly #parts: KeeperParts;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
  }

  async answer(question: TruthQuestion): Promise<TruthAnswer> {
    const { migration, token, node } = question;
    const hold = this.#parts.holdOf(migration);
    if (hold === null || hold.token !== token || hold.node !== node) return { kind: 'fenced' };
    this.#parts.node(node)?.hearQuestion(migration, token);
    switch (question.kind) {
      case 'lease':
        return this.#taken();
      case 'entry':
        return await this.#keep(question);
      case 'journal': {
        const { engines, dataDir } = this.#parts;
        const lines = await engines.run({ kind: 'journal', id: migration, dataDir }, never);
        return journalPart(
          lines.map((line) => FleetEntry.parse(line)),
          question.from,
        );
      }
      case 'credentials':
        return await this.#credentials(question);
      case 'ended':
        await this.#parts.index.refresh(migration);
        this.#parts.node(node)?.hearEnd(migration, token, question.error);
        return this.#taken();
    }
  }

  #taken(): TruthAnswer {
    return { kind: 'taken', goodForMs: this.#parts.leaseMs };
  }

  async #keep({ migration, token, node, number, entry }: QuestionOf<'entry'>): Promise<TruthAnswer> {
    const { journals, index } = this.#parts;
    const by = { node, token, number };
    const count = await journals.keep(migration, entry, by);
    if (count === null) return { kind: 'fenced' };
    if (number > count) return { kind: 'missing', from: count };
    await index.refresh(migration);
    const stage = entry.what === 'stage' ? Stage.safeParse(entry['stage']).data : undefined;
    if (stage !== undefined) this.#parts.node(node)?.hearStage(migration, token, stage);
    return this.#taken();
  }

  async #credentials({ migration, token, node, connection }: QuestionOf<'credentials'>): Promise<TruthAnswer> {
    const request = this.#parts.index.find(migration)?.request;
    const publicKey = this.#parts.node(node)?.heartbeat?.publicKey;
    if (request === undefined || publicKey === undefined) return { kind: 'fenced' };
    if (connection !== request.source && connection !== request.destination)
      throw new NotItsConnectionError(node, connection);
    const { signIns } = this.#parts;
    const signIn =
      connection === request.source ? await signIns.source(connection) : await signIns.destination(connection);
    const sealedFor = { node, migration, token, what: connection };
    return { kind: 'credentials', sealed: seal(JSON.stringify(signIn), publicKey, sealedFor) };
  }
}

type QuestionOf<K extends TruthQuestion['kind']> = Extract<TruthQuestion, { kind: K }>;

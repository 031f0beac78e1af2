/** `plans.json`: the plans, with the migrations that were made of them, and the templates of plans. */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { GutsError } from '../shared/errors.ts';
import { Plan, PlanTemplate } from '../shared/plans.ts';
import { PlanId } from '../shared/schedule.ts';
import { randomLetters } from '../store/connections.ts';
import { documentsAt } from '../store/document-files.ts';
import type { Documents, StateDocument } from '../store/documents.ts';

const SCHEMA_VERSION = 1;
const Document = z.object({
  schemaVersion: z.literal(SCHEMA_VERSION),
  plans: z.array(Plan),
  templates: z.array(PlanTemplate).default([]),
});
type Document = z.infer<typeof Document>;

export class UnknownPlanError extends GutsError {
  readonly code = 'plan.unknown';
  readonly remedy: string;

  constructor(nameOrId: string, known: readonly string[]) {
    super(`There is no plan “${nameOrId}”.`);
    this.remedy = known.length === 0 ? 'Make one (“guts plan create”).' : `Take one of these: ${known.join(', ')}.`;
  }
}

export class PlanNameTakenError extends GutsError {
  readonly code = 'plan.name-taken';
  readonly remedy = 'Choose another name, or delete that one first; its migrations stay.';
}

/** Of servers that share a state. */
export class PlanChangedError extends GutsError {
  readonly code = 'plan.changed-meanwhile';
  readonly remedy = 'Look at it again, and do it once more if it is still wanted.';
  override readonly retryable = true;

  constructor(name: string) {
    super(`The plan “${name}” was changed at another server meanwhile; nothing was done.`);
  }
}

export class UnknownTemplateError extends GutsError {
  readonly code = 'plan.template-unknown';
  readonly remedy: string;

  constructor(name: string, known: readonly string[]) {
    super(`There is no template “${name}”.`);
    this.remedy =
      known.length === 0
        ? 'Save one of a plan (“guts plan template save”).'
        : `Take one of these: ${known.join(', ')}.`;
  }
}

export class TemplateNameTakenError extends GutsError {
  readonly code = 'plan.template-name-taken';
  readonly remedy = 'Choose another name, or replace that one (“--replace”).';
}

export class PlanFile {
  readonly #document: StateDocument<Document>;
  #data: Document;
  readonly #hear: (plan: PlanId) => void;
  readonly #turns = new Map<PlanId, Promise<unknown>>();
  /** As the one has seen it whose turn it is. */
  readonly #seen = new Map<PlanId, Plan | undefined>();

  private constructor(document: StateDocument<Document>, data: Document, hear: (plan: PlanId) => void) {
    this.#document = document;
    this.#data = data;
    this.#hear = hear;
  }

  /**
   * @param place a data folder, or what keeps the documents elsewhere
   * @param hear is told of each plan that another server has changed or deleted
   * @throws StoreDamagedError, StoreTooNewError, StoreRefusedError
   */
  static async open(place: string | Documents, hear: (plan: PlanId) => void = () => {}): Promise<PlanFile> {
    const document = documentsAt(place).document<Document>({
      name: 'plans.json',
      schema: Document,
      schemaVersion: SCHEMA_VERSION,
      keepsBackup: true,
      empty: () => ({ schemaVersion: SCHEMA_VERSION, plans: [], templates: [] }),
    });
    const plans = new PlanFile(document, await document.read(), hear);
    document.follow((now) => plans.#take(now));
    return plans;
  }

  /** Oldest first. */
  get plans(): readonly Plan[] {
    return this.#data.plans;
  }

  /** @param nameOrId names are compared without regard to case @throws UnknownPlanError */
  find(nameOrId: string): Plan {
    const found =
      this.plans.find(({ id }) => id === nameOrId) ?? this.plans.find(({ name }) => isSameName(name, nameOrId));
    if (found === undefined)
      throw new UnknownPlanError(
        nameOrId,
        this.plans.map(({ name }) => name),
      );
    return found;
  }

  /** Of a plan, one thing is done after another: what was looked up holds until it is put. @throws UnknownPlanError */
  async inTurn<T>(nameOrId: string, work: (plan: Plan) => Promise<T>): Promise<T> {
    const { id } = this.find(nameOrId);
    return await this.inTurnOf(id, async (plan) => await work(plan ?? this.find(id)));
  }

  /** The same for one that may not be here. */
  async inTurnOf<T>(id: PlanId, work: (plan: Plan | undefined) => Promise<T>): Promise<T> {
    return await this.#next(id, async () => {
      const plan = this.plans.find((one) => one.id === id);
      this.#seen.set(id, plan);
      return await work(plan);
    });
  }

  async #next<T>(id: PlanId, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(id) ?? Promise.resolve();
    const turn = before
      .catch(() => {}) // whoever called for that one was told
      .then(work)
      .finally(() => this.#seen.delete(id));
    this.#turns.set(id, turn);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(id) === turn) this.#turns.delete(id);
    }
  }

  /** Adds the plan, or replaces the one with its id. @throws PlanNameTakenError, PlanChangedError, StoreBusyError, StoreRefusedError */
  async put(plan: Plan): Promise<void> {
    await this.#change((plans) => {
      this.#demandAsSeen(plan.id, plans);
      const taken = plans.find(({ id, name }) => id !== plan.id && isSameName(name, plan.name));
      if (taken !== undefined) throw new PlanNameTakenError(`There is a plan “${taken.name}” already.`);
      return plans.some(({ id }) => id === plan.id)
        ? plans.map((one) => (one.id === plan.id ? plan : one))
        : [...plans, plan];
    });
    if (this.#seen.has(plan.id)) this.#seen.set(plan.id, plan);
  }

  /** @throws PlanChangedError, StoreBusyError, StoreRefusedError */
  async remove(id: PlanId): Promise<void> {
    await this.#change((plans) => {
      this.#demandAsSeen(id, plans);
      return plans.filter((one) => one.id !== id);
    });
  }

  /** Between a look and what comes of it another server may have been faster. */
  #demandAsSeen(id: PlanId, plans: readonly Plan[]): void {
    if (!this.#seen.has(id)) return;
    const seen = this.#seen.get(id);
    const now = plans.find((one) => one.id === id);
    if (isDeepStrictEqual(asKept(seen), asKept(now))) return;
    throw new PlanChangedError((now ?? seen)?.name ?? id);
  }

  /** Oldest first. */
  get templates(): readonly PlanTemplate[] {
    return this.#data.templates;
  }

  /** @throws UnknownTemplateError */
  template(name: string): PlanTemplate {
    const found = this.templates.find((one) => isSameName(one.name, name));
    if (found === undefined)
      throw new UnknownTemplateError(
        name,
        this.templates.map((one) => one.name),
      );
    return found;
  }

  /** @throws TemplateNameTakenError, StoreBusyError, StoreRefusedError */
  async putTemplate(template: PlanTemplate, mayReplace: boolean): Promise<void> {
    await this.#write(({ templates, ...rest }) => {
      const others = templates.filter(({ name }) => !isSameName(name, template.name));
      if (others.length < templates.length && !mayReplace)
        throw new TemplateNameTakenError(`There is a template “${template.name}” already.`);
      return { ...rest, templates: [...others, template] };
    });
  }

  async removeTemplate(name: string): Promise<void> {
    await this.#write(({ templates, ...rest }) => ({
      ...rest,
      templates: templates.filter((one) => !isSameName(one.name, name)),
    }));
  }

  async #change(change: (plans: readonly Plan[]) => Plan[]): Promise<void> {
    await this.#write((before) => ({ ...before, plans: change(before.plans) }));
  }

  async #write(change: (before: Document) => Document): Promise<void> {
    try {
      this.#data = await this.#document.change(change);
    } catch (error) {
      if (error instanceof PlanChangedError) this.#take(await this.#document.read()); // whoever looks again sees that
      throw error;
    }
  }

  /** What another server has written. */
  #take(now: Document): void {
    const before = new Map(this.plans.map((plan) => [plan.id, JSON.stringify(plan)]));
    this.#data = now;
    for (const plan of now.plans) {
      if (before.get(plan.id) !== JSON.stringify(plan)) this.#hear(plan.id);
      before.delete(plan.id);
    }
    for (const id of before.keys()) this.#hear(id);
  }
}

/** As it comes back from where it is kept. */
const asKept = (plan: Plan | undefined): unknown =>
  plan === undefined ? undefined : Plan.parse(JSON.parse(JSON.stringify(plan)));

const isSameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
export const newPlanId = (): PlanId => PlanId.parse(`pln_${randomLetters()}`);

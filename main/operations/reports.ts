/** Answers with what migrations leave in writing. */
import { consentsFor } from '../reports/consents.ts';
import { groundOf, migrationReport, outlineOf, versions, type ReportedBesides } from '../reports/migration-report.ts';
import { reportSchema } from '../reports/schema.ts';
import { GutsError } from '../shared/errors.ts';
import type { MigrationRecord } from '../shared/migration.ts';
import type { ParsedOf } from '../shared/operations.ts';
import type { Plan } from '../shared/plans.ts';
import { acceptedOf } from '../shared/report-of.ts';
import type { MigrationReport } from '../shared/report.ts';
import { isOver } from '../shared/stages.ts';
import { lineOf, totalsOf } from '../shared/summary-report.ts';
import { Breather } from '../store/breather.ts';
import type { Parts, Some } from './handlers.ts';
import { pageOf } from './paging.ts';
import type { Runner } from './runner.ts';

/** So many journals are read for one answer, and held in memory. */
const MOST_DETAILS = 500;

class BadScopeError extends GutsError {
  readonly code = 'report.bad-scope';
  readonly remedy = 'Name the plan that the wave is of, and let a period end after it begins.';
}

class TooManyReportsError extends GutsError {
  readonly code = 'report.too-many';
  readonly remedy = 'Leave the details out, or ask for a wave or a shorter period.';

  constructor(count: number) {
    super(`The summary would have ${count} reports within; it has ${MOST_DETAILS} at most.`);
  }
}

/** The plans, as far as whoever answers has some. */
export interface PlanBook {
  readonly plans: readonly Plan[];
  /** @throws where there is no such plan, or none at all */
  find(nameOrId: string): Plan;
}

/** A migration, and the plan by which it came to be. */
interface Placed {
  readonly record: MigrationRecord;
  readonly plan: { readonly id: string; readonly name: string; readonly wave: number } | null;
}

export function reportHandlers(
  { connections, engines, migrations, dataDir, state }: Parts,
  runner: Pick<Runner, 'view'>,
  book: PlanBook,
): Some<'reports.list' | 'reports.show' | 'reports.summary' | 'reports.schema'> {
  function placed(record: MigrationRecord, names: ReadonlyMap<string, string>): Placed {
    const { schedule } = runner.view(record);
    if (schedule === null || schedule.plan === null) return { record, plan: null };
    const { plan: id, wave } = schedule;
    return { record, plan: { id, name: names.get(id) ?? id, wave } };
  }
  const namesNow = (): ReadonlyMap<string, string> => new Map(book.plans.map(({ id, name }) => [id, name]));

  /** Who accepted what is asked only where something was. */
  async function besidesOf(all: readonly Placed[], signal: AbortSignal): Promise<(one: Placed) => ReportedBesides> {
    const wanted = all
      .filter(({ record }) => acceptedOf(record, null).length > 0)
      .map(({ record: { request }, plan }) => ({ id: request.id, createdAt: request.createdAt, plan }));
    const consents = await consentsFor(state.audit, wanted, signal);
    return ({ record, plan }) => ({
      plan: plan === null ? null : { name: plan.name, wave: plan.wave },
      consent: consents.get(record.request.id) ?? null,
    });
  }

  return {
    'reports.list': async (page) => {
      const over = (await migrations.all()).filter(({ stage }) => isOver(stage));
      const reports = over.map(({ request, stage, stages }) => ({
        migration: request.id,
        title: request.vm.name,
        stage,
        createdAt: request.createdAt,
        endedAt: stages.at(-1)?.at ?? request.createdAt,
      }));
      const { page: rows, next } = pageOf(reports, ({ migration }) => migration, page);
      return { reports: rows, next };
    },
    'reports.show': async ({ id }, { signal }) => {
      const journey = await engines.run({ kind: 'journey', id, dataDir }, signal);
      const one = placed(journey.record, namesNow());
      const besides = await besidesOf([one], signal);
      return migrationReport(await groundOf(connections), journey, besides(one));
    },
    'reports.summary': async (wish, { signal }) => {
      const plan = scopeOf(wish, book);
      const names = namesNow();
      const breather = new Breather();
      const wanted: Placed[] = [];
      for (const record of await migrations.all()) {
        if (breather.isDue) await breather.breathe();
        const one = placed(record, names);
        if (isWanted(one, plan, wish)) wanted.push(one);
      }
      wanted.sort(inOrder);
      if (wish.details && wanted.length > MOST_DETAILS) throw new TooManyReportsError(wanted.length);
      const ground = await groundOf(connections);
      const besides = await besidesOf(wanted, signal);
      const reports: MigrationReport[] = [];
      const lines = [];
      for (const one of wanted) {
        if (breather.isDue) await breather.breathe();
        signal.throwIfAborted();
        let report = outlineOf(ground, one.record, besides(one));
        if (wish.details) {
          const { id } = one.record.request;
          report = migrationReport(ground, await engines.run({ kind: 'journey', id, dataDir }, signal), besides(one));
          reports.push(report);
        }
        lines.push(lineOf(report));
      }
      const { wave, from, to } = wish;
      return {
        summaryVersion: 1,
        scope: { plan: plan?.name ?? null, wave: wave ?? null, from: from ?? null, to: to ?? null },
        versions: versions(),
        totals: totalsOf(lines),
        lines,
        notBegun: (plan?.machines ?? [])
          .filter((machine) => machine.migration === null && (wave === undefined || machine.wave === wave))
          .map(({ vm, wave: own }) => ({ vm: vm.name, wave: own })),
        reports: wish.details ? reports : null,
      };
    },
    'reports.schema': async () => await Promise.resolve(reportSchema()),
  };
}

type Wish = ParsedOf<'reports.summary'>;

/** @throws BadScopeError, and what finding a plan throws */
function scopeOf({ plan, wave, from, to }: Wish, book: PlanBook): Plan | null {
  if (wave !== undefined && plan === undefined) throw new BadScopeError(`Wave ${wave} is of no plan.`);
  if (from !== undefined && to !== undefined && Date.parse(from) >= Date.parse(to))
    throw new BadScopeError('The period ends before it begins.');
  return plan === undefined ? null : book.find(plan);
}

function isWanted({ record, plan: own }: Placed, plan: Plan | null, { wave, from, to }: Wish): boolean {
  const { stage, stages, request } = record;
  const endedMs = isOver(stage) ? Date.parse(stages.at(-1)?.at ?? request.createdAt) : null;
  if (plan !== null && own?.id !== plan.id) return false;
  if (wave !== undefined && own?.wave !== wave) return false;
  if (endedMs === null) return plan !== null && from === undefined && to === undefined;
  return (from === undefined || endedMs >= Date.parse(from)) && (to === undefined || endedMs < Date.parse(to));
}

/** By wave, and within it as they were written down. */
function inOrder(a: Placed, b: Placed): number {
  const wave = (a.plan?.wave ?? 0) - (b.plan?.wave ?? 0);
  const [first, second] = [a.record.request, b.record.request];
  return wave || first.createdAt.localeCompare(second.createdAt) || (first.id < second.id ? -1 : 1);
}

/** Answers what is asked about migrations: written down, listed, checked, acted on, forgotten. */
import {
  defaultOptions,
  MigrationId,
  type MigrationOptions,
  type MigrationRecord,
  type MigrationRequest,
} from '../shared/migration.ts';
import { machineRefOf, uuidsOf } from '../shared/machine-ref.ts';
import { rowOf } from '../shared/migration-row.ts';
import type { MigrationAction, ParsedOf } from '../shared/operations.ts';
import { mayStart } from '../shared/preflight.ts';
import type { PlanId, ScheduledMigration } from '../shared/schedule.ts';
import { randomLetters } from '../store/connections.ts';
import { siteRulesIn, siteRulesOf } from '../site-rules.ts';
import { demandAction } from '../shared/actions.ts';
import { chosenBy } from './chosen.ts';
import { definedOf } from './defined.ts';
import { MigrationInHandError } from './errors.ts';
import { findVm } from './find.ts';
import { matcher } from '../shared/glob.ts';
import type { CallContext, Parts, Some } from './handlers.ts';
import { pageOf, type Page } from './paging.ts';
import type { Runner } from './runner.ts';

interface Wish {
  readonly source: string;
  readonly vm: string;
  readonly destination: string;
  readonly options: { readonly [K in keyof MigrationOptions]?: MigrationOptions[K] | undefined };
}

/** @param planIdOf throws where there is no such plan */
export function migrationHandlers(
  parts: Parts,
  runner: Runner,
  planIdOf: (nameOrId: string) => PlanId,
): Some<
  | 'checks.run'
  | 'checks.fix'
  | 'migrations.list'
  | 'migrations.rows'
  | 'migrations.create'
  | 'migrations.show'
  | 'migrations.journey'
  | 'migrations.action'
  | 'migrations.actOnMany'
  | 'migrations.schedule'
  | 'migrations.delete'
> {
  const { connections, dataDir, engines, events, journals, migrations, signIns } = parts;

  async function request(wish: Wish, signal: AbortSignal): Promise<MigrationRequest> {
    const source = await connections.find('source', wish.source);
    const destination = await connections.find('destination', wish.destination);
    const { vm } = await findVm(parts, source.id, wish.vm, signal);
    return {
      id: MigrationId.parse(`mig_${randomLetters()}`),
      source: source.id,
      destination: destination.id,
      vm: machineRefOf(vm, uuidsOf(vm)),
      options: withDefaults(wish.options),
      createdAt: new Date().toISOString(),
    };
  }

  async function written(asked: MigrationRequest, signal: AbortSignal): Promise<MigrationRecord> {
    try {
      const record = await journals.begin(asked, signal);
      await migrations.refresh(asked.id);
      return record;
    } catch (error) {
      await runner.forget(asked.id);
      throw error;
    }
  }

  async function act(id: MigrationId, action: MigrationAction, { signal }: CallContext): Promise<ScheduledMigration> {
    const record = await migrations.one(id);
    demandAction(runner.view(record), action);
    await runner.act(record, action, signal);
    await migrations.refresh(id);
    return runner.view(await migrations.one(id));
  }

  async function* those(nameOrId: string | null): AsyncGenerator<ScheduledMigration, void, void> {
    const plan = nameOrId === null ? null : planIdOf(nameOrId);
    for (const record of await migrations.all()) {
      const one = runner.view(record);
      if (plan === null || one.schedule?.plan === plan) yield one;
    }
  }

  async function listed(wishes: ParsedOf<'migrations.list'>): Promise<Page<MigrationRecord>> {
    const { source, destination, stage, vm, plan, isQueued, sort, limit, marker } = wishes;
    const from = source === undefined ? null : (await connections.find('source', source)).id;
    const to = destination === undefined ? null : (await connections.find('destination', destination)).id;
    const of = plan === undefined ? null : planIdOf(plan);
    const suits = matcher(vm);
    const isPlaced = (record: MigrationRecord): boolean => {
      if (of === null && isQueued === undefined) return true;
      const { schedule, isQueued: isIn } = runner.view(record);
      return (of === null || schedule?.plan === of) && (isQueued === undefined || isIn === isQueued);
    };
    const wanted = (await migrations.all()).filter(
      (record) =>
        (from === null || record.request.source === from) &&
        (to === null || record.request.destination === to) &&
        (stage === undefined || record.stage === stage) &&
        suits(record.request.vm.name) &&
        isPlaced(record),
    );
    return pageOf(sorted(wanted, sort, runner), ({ request }) => request.id, { limit, marker });
  }

  return {
    'checks.run': async ({ rules, ...wish }, { signal }) => {
      const asked = await request(wish, signal);
      const site = rules === undefined ? await siteRulesIn(parts) : await siteRulesOf(parts, 'rules', rules);
      const source = await signIns.source(asked.source);
      const destination = await signIns.destination(asked.destination);
      const looked = await engines.run({ kind: 'plan', request: asked, source, destination, site }, signal);
      return { mayStart: looked.plan !== null && mayStart(looked.findings), ...looked };
    },
    'checks.fix': async ({ finding, isDry, alsoUnknown, ...wish }, { signal }) => {
      const asked = await request(wish, signal);
      const source = await signIns.source(asked.source);
      const destination = await signIns.destination(asked.destination);
      const site = await siteRulesIn(parts);
      const job = {
        kind: 'fix',
        request: asked,
        source,
        destination,
        site,
        dataDir,
        finding,
        isDry,
        alsoUnknown,
      } as const;
      return await engines.run(job, isDry ? signal : new AbortController().signal); // what is begun is finished
    },
    'migrations.list': async (wishes) => {
      const { page, next } = await listed(wishes);
      return { migrations: page.map((record) => runner.view(record)), next };
    },
    'migrations.rows': async (wishes) => {
      const { page, next } = await listed(wishes);
      return { rows: page.map((record) => rowOf(runner.view(record))), next };
    },
    'migrations.create': async ({ schedule, start, ...wish }, context) => {
      const asked = await request(wish, context.signal);
      // First: what cannot be met is refused before anything is there.
      if (Object.keys(schedule).length > 0) await runner.schedule(asked.id, definedOf(schedule));
      const record = await written(asked, context.signal);
      events.tell({
        kind: 'migration',
        id: asked.id,
        vm: asked.vm.name,
        stage: record.stage,
        isRunning: false,
        isQueued: false,
        waitsFor: null,
        placement: null,
        slowedBy: null,
      });
      if (start) return await act(asked.id, 'start', context);
      return runner.view(record);
    },
    'migrations.show': async ({ id }) => runner.view(await migrations.one(id)),
    'migrations.journey': async ({ id }, { signal }) => await engines.run({ kind: 'journey', id, dataDir }, signal),
    'migrations.action': async ({ id, action }, context) => await act(id, action, context),
    'migrations.actOnMany': async ({ action, ...choice }, { signal }) => {
      const results = await runner.actOnMany(await chosenBy(choice, action, those), action, signal);
      return { results: [...results] };
    },
    'migrations.schedule': async ({ id, schedule }) => {
      const record = await migrations.one(id);
      await runner.schedule(id, definedOf(schedule));
      return runner.view(record);
    },
    'migrations.delete': async ({ id }, { signal }) => {
      demandIdle(runner.view(await migrations.one(id)));
      await journals.remove(id, signal);
      await runner.forget(id);
      await migrations.forget(id);
      events.tell({ kind: 'migration.deleted', id });
      return { deleted: id };
    },
  };
}

/** Whoever is about to take it up would write it anew. @throws MigrationInHandError */
function demandIdle({ request, isQueued, isRunning }: ScheduledMigration): void {
  if (isQueued || isRunning) throw new MigrationInHandError(request, isRunning);
}

function withDefaults(options: Wish['options']): MigrationOptions {
  return { ...defaultOptions, ...definedOf(options) };
}

type Sort = 'createdAt' | '-createdAt' | 'vm' | '-vm' | 'stage' | '-stage' | 'queue';
const inOrder = new Intl.Collator('en', { numeric: true });

function sorted(all: readonly MigrationRecord[], sort: Sort, runner: Runner): MigrationRecord[] {
  if (sort === 'queue') {
    const places = new Map(runner.order().map((id, place) => [id, place]));
    const placeOf = ({ request }: MigrationRecord): number => places.get(request.id) ?? places.size;
    return [...all].sort((a, b) => placeOf(a) - placeOf(b));
  }
  const compare = sort.endsWith('vm') ? (a: string, b: string) => inOrder.compare(a, b) : plainly;
  const textOf = ({ request, stage }: MigrationRecord): string =>
    sort.endsWith('vm') ? request.vm.name : sort.endsWith('stage') ? stage : request.createdAt;
  const sign = sort.startsWith('-') ? -1 : 1;
  return [...all].sort((a, b) => sign * compare(textOf(a), textOf(b)) || plainly(a.request.id, b.request.id));
}

/** Of times, stages and ids: many times faster than as people count. */
const plainly = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

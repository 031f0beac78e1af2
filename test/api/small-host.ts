/** A host for stories about REST: real stores in a folder that goes away, migrations and plans only in memory. */
import { onlyCaller, type Access } from '../../main/access/access.ts';
import { makeApp, type App } from '../../main/api/app.ts';
import type { KeptAnswers } from '../../main/api/kept-answers.ts';
import { ApiClient } from '../../main/shared/client/client.ts';
import { EventHub } from '../../main/events.ts';
import { definedOf } from '../../main/operations/defined.ts';
import type { CallContext, Handlers } from '../../main/operations/handlers.ts';
import { GutsError } from '../../main/shared/errors.ts';
import type { Caller } from '../../main/shared/access.ts';
import { DestinationConnection, SourceConnection } from '../../main/shared/connections.ts';
import { operationNames, type OperationName } from '../../main/shared/operations.ts';
import { defaultSettings, SchedulerSettings } from '../../main/shared/schedule.ts';
import type { VaultStatus } from '../../main/shared/vault.ts';
import {
  ConnectionStore,
  newDestinationId,
  newSourceId,
  UnknownConnectionError,
} from '../../main/store/connections.ts';
import { InventoryStore } from '../../main/store/inventory.ts';
import { scratch } from '../support/disks.ts';
import { smallInventory, vmsOf } from '../store/samples.ts';
import { madeMigration, madePlan, madeRehearsal } from './made.ts';
import { inventoryLines } from '../../main/shared/inventory-lines.ts';

export const owner: Caller = { name: 'owner', role: 'admin', project: null };

class NotHereError extends GutsError {
  readonly code = 'test.not-here';
  readonly remedy = 'Ask the real host.';
}

export interface SmallHost extends Disposable {
  readonly dataDir: string;
  readonly events: EventHub;
  readonly connections: ConnectionStore;
  readonly handlers: Handlers;
  /** How often each operation came to its handler. */
  readonly calls: Map<OperationName, number>;
  /** Stacks that only the log of the machine gets. */
  readonly details: string[];
  app(access?: Access, keptAnswers?: KeptAnswers): App;
  /** In the same process, as the owner. */
  client(): ApiClient;
}

/** @param instead of the host's own handlers */
export function smallHost(instead: Partial<Handlers> = {}): SmallHost {
  const tmp = scratch();
  const dataDir = tmp.file('data');
  const connections = new ConnectionStore(dataDir);
  const inventories = new InventoryStore(dataDir);
  const events = new EventHub();
  const calls = new Map<OperationName, number>();
  const details: string[] = [];
  const migrations = new Map<string, ReturnType<typeof madeMigration>>();
  const plans = new Map<string, ReturnType<typeof madePlan>>();
  let settings: SchedulerSettings = defaultSettings;
  const inMemory: VaultStatus = { keepsIn: 'memory', says: 'nowhere', notUsed: [] };

  const here: Partial<Handlers> = {
    'sources.list': async () => ({ sources: await connections.list('source') }),
    'sources.create': async (fields) => {
      await connections.demandFree('source', fields.name);
      const source = SourceConnection.parse({ ...fields, id: newSourceId(), createdAt: now(), about: null });
      await connections.put('source', source);
      events.tell({ kind: 'connection', side: 'source', id: source.id });
      return { source, secret: 'memory', test: null };
    },
    'sources.show': async ({ source }) => ({
      source: await connections.find('source', source),
      secret: 'memory',
      vault: inMemory,
      inventory: null,
    }),
    'sources.delete': async ({ source }) => {
      const { id } = await connections.find('source', source);
      await connections.remove('source', id);
      return { deleted: id };
    },
    'sources.refresh': async ({ source }) => {
      const { id } = await connections.find('source', source);
      await using writer = await inventories.writer(id);
      writer.addLines(inventoryLines(smallInventory).text);
      await writer.finish();
      const about = { product: 'x', version: '8', build: '1', kind: 'vcenter' as const, instanceId: 'i' };
      return { about, vms: smallInventory.vms.length, networks: 1, datastores: 1, hosts: 1, warnings: [], seconds: 0 };
    },
    'destinations.list': async () => ({ destinations: await connections.list('destination') }),
    'destinations.create': async (fields) => {
      const made = { ...fields, id: newDestinationId(), createdAt: now(), about: null };
      const destination = DestinationConnection.parse(made);
      await connections.put('destination', destination);
      return { destination, secret: 'memory', test: null };
    },
    'destinations.show': async ({ destination }) => ({
      destination: await connections.find('destination', destination),
      secret: null,
      vault: inMemory,
    }),
    'instances.list': async ({ limit, marker = '0' }) => {
      const from = Number(marker);
      const all = [];
      for (const source of await connections.list('source')) {
        const view = await inventories.view(source.id);
        for (const vm of vmsOf(view)) all.push({ ...vm, source: source.name, takenAt: view?.takenAt ?? '' });
      }
      const end = from + limit;
      return { instances: all.slice(from, end), next: end < all.length ? String(end) : null };
    },
    'migrations.list': async ({ limit, marker = '0' }) => {
      const end = Number(marker) + limit;
      const all = [...migrations.values()];
      return { migrations: all.slice(Number(marker), end), next: end < all.length ? String(end) : null };
    },
    'migrations.create': async ({ source, destination, vm, options }) => {
      const from = await connections.find('source', source);
      const to = await connections.find('destination', destination);
      const made = madeMigration({ source: from.id, destination: to.id, vm, options });
      migrations.set(made.request.id, made);
      return made;
    },
    'migrations.show': async ({ id }) => found(migrations, id),
    'migrations.action': async ({ id, action }) => {
      const one = found(migrations, id);
      const changed = { ...one, stage: action === 'cancel' ? ('cancelled' as const) : one.stage, isQueued: true };
      migrations.set(id, changed);
      return changed;
    },
    'migrations.delete': async ({ id }) => {
      found(migrations, id);
      migrations.delete(id);
      return { deleted: id };
    },
    'plans.list': async () => ({ plans: [...plans.values()] }),
    'plans.create': async (fields) => {
      const from = await connections.find('source', fields.source);
      const to = await connections.find('destination', fields.destination);
      const plan = madePlan({ ...fields, source: from.id, destination: to.id });
      plans.set(plan.id, plan);
      return plan;
    },
    'plans.show': async ({ plan }) => found(plans, plan),
    'plans.change': async ({ plan, machines, ...change }) => {
      const before = found(plans, plan);
      const source = (await connections.find('source', change.source ?? before.source)).id;
      const destination = (await connections.find('destination', change.destination ?? before.destination)).id;
      const of = machines === undefined ? before : madePlan({ ...before, machines });
      const changed = { ...before, ...definedOf(change), source, destination, machines: of.machines };
      plans.set(changed.id, changed);
      return changed;
    },
    'plans.start': async ({ plan }) => {
      const one = found(plans, plan);
      const machines = one.machines.map((machine) => {
        const { source, destination } = one;
        const made = madeMigration({ source, destination, vm: machine.vm.name, options: machine.options });
        migrations.set(made.request.id, made);
        return { ...machine, migration: made.request.id };
      });
      plans.set(one.id, { ...one, machines });
      const results = machines.map(({ migration }) => ({ id: migration, error: null }));
      return { plan: { ...one, machines }, results };
    },
    'plans.rehearse': async ({ plan, wave = null, offline }) => {
      const one = found(plans, plan);
      return madeRehearsal(one, wave, offline);
    },
    'settings.show': async () => settings,
    'settings.change': async (changes) => (settings = SchedulerSettings.parse({ ...settings, ...changes })),
    'nodes.list': async () => ({ nodes: [] }),
    'services.list': async () => ({ services: [] }),
  };

  const handlers = Object.fromEntries(
    operationNames.map((name) => {
      const handle = { ...here, ...instead }[name] as
        | ((input: unknown, context: CallContext) => Promise<unknown>)
        | undefined; // of that name, whatever it takes
      return [
        name,
        async (input: unknown, context: CallContext) => {
          calls.set(name, (calls.get(name) ?? 0) + 1);
          if (handle === undefined) throw new NotHereError(`The small host does not answer “${name}”.`);
          return await handle(input, context);
        },
      ];
    }),
  ) as unknown as Handlers; // one for every name
  const app = (access: Access = onlyCaller(owner), keptAnswers?: KeptAnswers): App =>
    makeApp({
      handlers,
      events,
      access,
      beatMs: 50,
      about: { version: '0.0.0' },
      onDetail: (detail) => details.push(detail),
      ...(keptAnswers === undefined ? {} : { keptAnswers }),
    });

  return {
    dataDir,
    events,
    connections,
    handlers,
    calls,
    details,
    app,
    client: () => new ApiClient(app().fetch, { baseUrl: 'http://guts.local' }),
    [Symbol.dispose]: () => tmp[Symbol.dispose](),
  };
}

const now = (): string => new Date().toISOString();

function found<T>(all: ReadonlyMap<string, T>, id: string): T {
  const one = all.get(id);
  if (one === undefined) throw new UnknownConnectionError('source', id, []);
  return one;
}

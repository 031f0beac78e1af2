/** Lets the rules of the policy look at what a request names, by the same handlers that answer it. */
import type { Look } from '../access/access.ts';
import type { CallContext, Handlers } from '../operations/handlers.ts';
import { operations } from '../shared/operations.ts';
import type { ScheduledMigration } from '../shared/schedule.ts';

const PAGE = 1000;

export function lookOf(handlers: Handlers, context: CallContext): Look {
  return {
    migration: async (id) =>
      await handlers['migrations.show'](operations['migrations.show'].input.parse({ id }), context),
    plan: async (plan) => await handlers['plans.show']({ plan }, context),
    migrations: (plan) => all(handlers, context, plan),
  };
}

async function* all(
  handlers: Handlers,
  context: CallContext,
  plan: string | null,
): AsyncGenerator<ScheduledMigration, void, void> {
  for (let marker: string | null = ''; marker !== null;) {
    const given = { limit: PAGE, ...(plan === null ? {} : { plan }), ...(marker === '' ? {} : { marker }) };
    const page = await handlers['migrations.list'](operations['migrations.list'].input.parse(given), context);
    yield* page.migrations;
    marker = page.next;
  }
}

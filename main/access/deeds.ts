/** What a request would do, as far as the rules of the policy are about it. */
import { isDeepStrictEqual } from 'node:util';
import { chosenBy } from '../operations/chosen.ts';
import type { OperationName, ParsedOf } from '../shared/operations.ts';
import { defaultSchedule, type Schedule, type ScheduledMigration } from '../shared/schedule.ts';
import { isOver } from '../shared/stages.ts';
import type { Asked, Look } from './access.ts';

export interface Deed {
  /** Whether machines begin to move, or go on, by it. */
  readonly acts: boolean;
  /** How many migrations it makes. */
  readonly makes: number;
  /** Names or ids of the destinations that it is about. */
  readonly destinations: readonly string[];
  /** Migrations that are over, and would not be any more. */
  readonly revives: readonly string[];
}

const NOTHING: Deed = { acts: false, makes: 0, destinations: [], revives: [] };
const ACTING = ['start', 'resume', 'cutover', 'retry', 'release'];

type Judge<K extends OperationName> = (input: ParsedOf<K>, look: Look) => Promise<Deed>;

const judges: { readonly [K in OperationName]?: Judge<K> } = {
  'migrations.create': async ({ destination, start }) =>
    await Promise.resolve({ ...NOTHING, acts: start, makes: 1, destinations: [destination] }),
  'checks.fix': async ({ destination }) => await Promise.resolve({ ...NOTHING, destinations: [destination] }),
  'migrations.action': async ({ id, action }, look) =>
    ACTING.includes(action) ? acting(action, [await look.migration(id)]) : NOTHING,
  'migrations.schedule': async ({ id, schedule }, look) => {
    const one = await look.migration(id);
    return schedule.isHeld === false || (one.isQueued && mayStartBy(schedule, one.schedule))
      ? acting('release', [one])
      : NOTHING;
  },
  'migrations.actOnMany': async ({ action, ...choice }, look) => {
    if (!ACTING.includes(action)) return NOTHING;
    const meant: ScheduledMigration[] = [];
    const ids = await chosenBy(choice, action, (plan) => look.migrations(plan));
    for (const id of ids) meant.push(await look.migration(id));
    return acting(action, meant);
  },
  'plans.create': async ({ destination }) => await Promise.resolve({ ...NOTHING, destinations: [destination] }),
  'plans.change': async ({ plan, destination }, look) => ({
    ...NOTHING,
    destinations: [destination ?? (await look.plan(plan)).destination],
  }),
  'plans.add': async ({ plan }, look) => ({ ...NOTHING, destinations: [(await look.plan(plan)).destination] }),
  'plans.move': async ({ plan }, look) => ({ ...NOTHING, destinations: [(await look.plan(plan)).destination] }),
  'plans.start': async ({ plan }, look) => {
    const { destination, machines } = await look.plan(plan);
    const makes = machines.filter(({ migration }) => migration === null).length;
    return { ...NOTHING, acts: true, makes, destinations: [destination] };
  },
};

/** Whether one in the queue may come to its turn by such a change; one that is held does not. */
function mayStartBy(
  change: ParsedOf<'migrations.schedule'>['schedule'],
  before: ScheduledMigration['schedule'],
): boolean {
  const now = { ...defaultSchedule, ...before };
  if (change.isHeld ?? now.isHeld) return false;
  return Object.entries(change).some(
    ([field, value]) => value !== undefined && !isDeepStrictEqual(value, now[field as keyof Schedule]), // its own fields
  );
}

/** @throws what looking throws, such as that a migration is unknown */
export async function deedOf({ name, input }: Asked, look: Look): Promise<Deed> {
  const judge = judges[name] as ((input: Asked['input'], look: Look) => Promise<Deed>) | undefined; // of that name
  return judge === undefined ? NOTHING : await judge(input, look);
}

function acting(action: string, migrations: readonly ScheduledMigration[]): Deed {
  return {
    acts: true,
    makes: 0,
    destinations: [...new Set(migrations.map(({ request }) => request.destination))],
    revives: action === 'retry' ? migrations.filter(({ stage }) => isOver(stage)).map(({ request }) => request.id) : [],
  };
}

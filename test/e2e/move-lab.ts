/** A window over a Guts that moves machines from a simulated vCenter to a simulated cloud, as slowly as a story wants. */
import type { ApiClient } from '../../main/shared/client/client.ts';
import type { MigrationId } from '../../main/shared/migration.ts';
import type { ScheduledMigration } from '../../main/shared/schedule.ts';
import { until } from '../support/until.ts';
import { openApp, type OpenApp } from './app.ts';
import { clientOf, limit, setUpSides, startMove, startTwoSides, type TwoSides } from './two-sides.ts';

export interface MoveLab extends TwoSides {
  readonly open: OpenApp;
  readonly client: ApiClient;
  /** Bytes per second to the cloud; null is no limit. */
  limit(bytesPerSecond: number | null): Promise<void>;
  /** Puts the move of a machine into the queue. */
  move(vm: string): Promise<MigrationId>;
  /** Returns when it stands so. */
  reaches(id: MigrationId, isThere: (one: ScheduledMigration) => boolean): Promise<ScheduledMigration>;
}

export async function openMoveLab(): Promise<MoveLab> {
  const [sides, open] = await Promise.all([startTwoSides(), openApp()]);
  await open.page.locator('[data-engine]').waitFor();
  const client = clientOf(open.home);
  await setUpSides(client, sides);
  return {
    ...sides,
    open,
    client,
    limit: async (bytesPerSecond) => await limit(client, bytesPerSecond),
    move: async (vm) => await startMove(client, vm, vm),
    reaches: async (id, isThere) => await until(async () => await client.call('migrations.show', { id }), isThere),
    async [Symbol.asyncDispose]() {
      await open[Symbol.asyncDispose]();
      await sides[Symbol.asyncDispose]();
    },
  };
}

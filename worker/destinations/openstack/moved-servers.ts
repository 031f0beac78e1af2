/** Servers of the project that a migration finished, and which machine each came from, as their metadata say. */
import { z } from 'zod';
import type { CloudFacts, MovedServer } from '../../../main/shared/cloud.ts';
import { all, ifAllowed } from './allowed.ts';
import type { CloudSession } from './cloud-session.ts';
import { FINISHED_KEY, isFinished, MIGRATION_KEY, Server, SOURCE_KEYS, WITH_TAGS } from './servers.ts';

const Listed = Server.pick({ id: true, name: true, metadata: true }).extend({ created: z.string().nullish() });

/** Nothing where the cloud cannot list servers by their tags, or does not let this user. */
export async function movedServerFacts(
  session: CloudSession,
  signal: AbortSignal,
): Promise<Pick<CloudFacts, 'movedServers'>> {
  const query = { tags: 'guts' };
  const list = session.list('compute', '/servers/detail', 'servers', Listed, signal, query, WITH_TAGS);
  const servers = await ifAllowed(all(list), null);
  return servers === null ? {} : { movedServers: servers.filter(isFinished).map(movedServerOf) };
}

function movedServerOf({ id, name, metadata, created }: z.infer<typeof Listed>): MovedServer {
  const told = (key: string): string | null => metadata[key] ?? null;
  return {
    id,
    name,
    migrationTag: told(MIGRATION_KEY),
    finishedAt: told(FINISHED_KEY),
    createdAt: created ?? null,
    machine: {
      kind: told(SOURCE_KEYS.kind),
      name: told(SOURCE_KEYS.name),
      ref: told(SOURCE_KEYS.ref),
      biosUuid: told(SOURCE_KEYS.biosUuid),
      instanceUuid: told(SOURCE_KEYS.instanceUuid),
    },
  };
}

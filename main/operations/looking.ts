/** Answers what stands on its own: a server's certificate, and what migrations have left on either side. */
import type { Parts, Some } from './handlers.ts';

export function lookingHandlers({
  dataDir,
  connections,
  signIns,
  engines,
}: Parts): Some<'certificates.look' | 'tidy.run'> {
  return {
    'certificates.look': async (server, { signal }) => await engines.run({ kind: 'certificate', ...server }, signal),
    'tidy.run': async ({ sources: from = [], destinations: to = [], remove, alsoUnknown }, { signal }) => {
      const isAll = from.length === 0 && to.length === 0;
      const sources = [];
      for (const one of isAll ? await idsOf('source') : from) sources.push(await signIns.source(one));
      const destinations = [];
      for (const one of isAll ? await idsOf('destination') : to) destinations.push(await signIns.destination(one));
      return await engines.run({ kind: 'tidy', sources, destinations, dataDir, remove, alsoUnknown }, signal);
    },
  };

  async function idsOf(kind: 'source' | 'destination'): Promise<string[]> {
    return (await connections.list(kind)).map(({ id }) => id);
  }
}

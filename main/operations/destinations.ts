/** Answers what is asked about destinations. */
import { DestinationConnection, type DestinationSignIn } from '../shared/connections.ts';
import { newDestinationId } from '../store/connections.ts';
import type { KeptFacts } from '../store/cloud-facts.ts';
import type { Parts, Some } from './handlers.ts';
import { demandUnused } from './in-use.ts';

export function destinationHandlers(
  parts: Parts,
): Some<
  | 'destinations.list'
  | 'destinations.create'
  | 'destinations.show'
  | 'destinations.delete'
  | 'destinations.test'
  | 'destinations.facts'
  | 'destinations.trust'
  | 'destinations.secret'
> {
  const { connections, clouds, vault, signIns, engines, events, migrations } = parts;
  const changed = (id: string): void => events.tell({ kind: 'connection', side: 'destination', id });
  return {
    'destinations.list': async () => ({ destinations: await connections.list('destination') }),
    'destinations.create': async ({ secret, test, ...fields }, { signal }) => {
      await connections.demandFree('destination', fields.name);
      const draft = DestinationConnection.parse({
        ...fields,
        id: newDestinationId(),
        createdAt: new Date().toISOString(),
        about: null,
      });
      const signIn: DestinationSignIn = { connection: draft, secret };
      const tested = test ? await engines.run({ kind: 'destination.test', ...signIn }, signal) : null;
      const destination = { ...draft, about: tested?.about ?? null };
      const keptIn = await vault.set(destination.id, secret);
      await connections.put('destination', destination);
      changed(destination.id);
      return { destination, secret: keptIn, test: tested };
    },
    'destinations.show': async ({ destination }) => {
      const found = await connections.find('destination', destination);
      return { destination: found, secret: await vault.whereIs(found.id), vault: await vault.status() };
    },
    'destinations.delete': async ({ destination }) => {
      const found = await connections.find('destination', destination);
      demandUnused(await migrations.all(), 'destination', found);
      await vault.delete(found.id);
      await clouds.remove(found.id);
      await connections.remove('destination', found.id);
      changed(found.id);
      return { deleted: found.id };
    },
    'destinations.test': async ({ destination }, { signal }) => {
      const signIn = await signIns.destination(destination);
      const result = await engines.run({ kind: 'destination.test', ...signIn }, signal);
      await connections.setAbout('destination', signIn.connection.id, result.about);
      changed(signIn.connection.id);
      return result;
    },
    'destinations.facts': async ({ destination, refresh }, { signal }) =>
      await factsOf(parts, await connections.find('destination', destination), refresh, signal),
    'destinations.trust': async ({ destination, trust }) => {
      const { id } = await connections.find('destination', destination);
      const trusting = await connections.setTrust('destination', id, trust);
      changed(id);
      return { destination: trusting };
    },
    'destinations.secret': async ({ destination, secret, keep }) => {
      const found = await connections.find('destination', destination);
      return { secret: keep ? await vault.set(found.id, secret) : vault.hold(found.id, secret) };
    },
  };
}

/** As they were last seen, or asked for now. @throws what finding the secret and asking the cloud throws */
export async function factsOf(
  { clouds, signIns, engines }: Pick<Parts, 'clouds' | 'signIns' | 'engines'>,
  { id }: DestinationConnection,
  anew: boolean,
  signal: AbortSignal,
): Promise<KeptFacts> {
  const kept = anew ? null : await clouds.read(id);
  if (kept !== null) return { takenAt: kept.takenAt, facts: kept.facts };
  const signIn = await signIns.destination(id);
  return await clouds.write(id, await engines.run({ kind: 'destination.facts', ...signIn }, signal));
}

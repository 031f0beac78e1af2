/** Answers what is asked about sources. */
import { SourceConnection, type SourceSignIn } from '../shared/connections.ts';
import { winrmUrl } from '../shared/hyperv-address.ts';
import type { InputOf } from '../shared/operations.ts';
import { Redactor } from '../logs/redactor.ts';
import { Diagnosis } from '../shared/diagnosis.ts';
import { newSourceId } from '../store/connections.ts';
import type { Parts, Some } from './handlers.ts';
import { demandUnused } from './in-use.ts';
import { refreshInventory } from './inventory.ts';

export function sourceHandlers(
  parts: Parts,
): Some<
  | 'sources.list'
  | 'sources.create'
  | 'sources.show'
  | 'sources.delete'
  | 'sources.test'
  | 'sources.diagnose'
  | 'sources.refresh'
  | 'sources.trust'
  | 'sources.secret'
> {
  const { connections, inventories, vault, signIns, engines, events, migrations } = parts;
  const changed = (id: string): void => events.tell({ kind: 'connection', side: 'source', id });
  return {
    'sources.list': async () => ({ sources: await connections.list('source') }),
    'sources.create': async ({ secret, test, ...fields }, { signal }) => {
      await connections.demandFree('source', fields.name);
      const draft = SourceConnection.parse({
        ...fields,
        url: wholeUrl(fields),
        id: newSourceId(),
        createdAt: new Date().toISOString(),
        about: null,
      });
      const signIn: SourceSignIn = { connection: draft, secret };
      const tested = test ? await engines.run({ kind: 'source.test', ...signIn }, signal) : null;
      const source = { ...draft, about: tested?.about ?? null };
      const keptIn = await vault.set(source.id, secret);
      await connections.put('source', source);
      changed(source.id);
      return { source, secret: keptIn, test: tested };
    },
    'sources.show': async ({ source }) => {
      const found = await connections.find('source', source);
      const takenAt = await inventories.takenAt(found.id);
      return {
        source: found,
        secret: await vault.whereIs(found.id),
        vault: await vault.status(),
        inventory: takenAt === null ? null : { takenAt },
      };
    },
    'sources.delete': async ({ source }) => {
      const found = await connections.find('source', source);
      demandUnused(await migrations.all(), 'source', found);
      await vault.delete(found.id);
      await inventories.remove(found.id);
      await connections.remove('source', found.id);
      changed(found.id);
      return { deleted: found.id };
    },
    'sources.test': async ({ source }, { signal }) => {
      const signIn = await signIns.source(source);
      const result = await engines.run({ kind: 'source.test', ...signIn }, signal);
      await connections.setAbout('source', signIn.connection.id, result.about);
      changed(signIn.connection.id);
      return result;
    },
    'sources.diagnose': async ({ source }, { signal }) => {
      const signIn = await signIns.source(source);
      const redactor = new Redactor();
      redactor.know(signIn.secret);
      const seen = await engines.run({ kind: 'source.diagnose', ...signIn }, signal);
      return redactor.redactIn(Diagnosis, seen); // whatever a host may say back
    },
    'sources.refresh': async ({ source }, { signal }) => await refreshInventory(parts, source, signal),
    'sources.trust': async ({ source, trust }) => {
      const { id } = await connections.find('source', source);
      const trusting = await connections.setTrust('source', id, trust);
      changed(id);
      return { source: trusting };
    },
    'sources.secret': async ({ source, secret, keep }) => {
      const found = await connections.find('source', source);
      return { secret: keep ? await vault.set(found.id, secret) : vault.hold(found.id, secret) };
    },
  };
}

/** With the port that WinRM has by itself where none is given, which is not the one of its protocol. */
const wholeUrl = ({ kind, url }: Pick<InputOf<'sources.create'>, 'kind' | 'url'>): string =>
  kind === 'hyperv' ? (winrmUrl(url) ?? url) : url;

/** Answers who asks, and which Guts it is that answers. */
import { version } from '../../package.json';
import type { Parts, Some } from './handlers.ts';

export const sessionHandlers = ({ vault }: Pick<Parts, 'vault'>): Some<'session.show'> => ({
  'session.show': async (_, { caller }) => ({ caller, version, vault: await vault.status() }),
});

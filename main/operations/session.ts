/** Answers who asks, and which Guts it is that answers. */
import { version } from '../../package.json';
import { API_CONTRACT } from '../shared/api-contract.ts';
import type { Parts, Some } from './handlers.ts';

export const sessionHandlers = ({ vault }: Pick<Parts, 'vault'>): Some<'session.show'> => ({
  'session.show': async (_, { caller }) => ({
    caller,
    version,
    contract: API_CONTRACT,
    vault: await vault.status(),
  }),
});

/** Where secrets are kept, and why not in a better place, for people. */
import type { VaultStatus } from '../shared/vault.ts';

export function vaultText({ says, notUsed }: VaultStatus): string {
  const places = { keyStore: 'the key store', sealedFile: 'the sealed file', memory: 'memory' };
  return [says, ...notUsed.map(({ place, why }) => `not in ${places[place]}: ${why}`)].join('; ');
}

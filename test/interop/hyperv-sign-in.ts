/** The ways to sign in to the Hyper-V peer, by what they are called in stories. */
import type { HypervSignIn } from '../../main/shared/connections.ts';
import { authoritiesIn, signInToHyperv, type SignInWishes } from '../support/hyperv-source.ts';
import type { HypervPeer } from './hyperv-peer.ts';

export const ways = {
  'HTTPS with Basic': { scheme: 'https', signInBy: 'basic' },
  'HTTPS with NTLM': { scheme: 'https', signInBy: 'ntlm' },
  'HTTP with NTLM, sealed': { scheme: 'http', signInBy: 'ntlm' },
} as const;
export type Way = keyof typeof ways;
export const allWays = Object.keys(ways) as Way[]; // Object.keys forgets which strings they are

export function signInToPeer(
  peer: HypervPeer,
  way: Way,
  wishes: SignInWishes = {},
  who: 'admin' | 'viewer' = 'admin',
): HypervSignIn {
  const { scheme, signInBy } = ways[way];
  const { user, password } = peer[who];
  const port = scheme === 'https' ? peer.httpsPort : peer.httpPort;
  return signInToHyperv(
    {
      url: `${scheme}://127.0.0.1:${port}`,
      user,
      password: wishes.password ?? password,
      trust: authoritiesIn(peer.caFile),
      smbPort: wishes.smbPort ?? peer.smbPort,
    },
    { signInBy, ...wishes },
  );
}

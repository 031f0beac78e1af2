/** Whom to sign in as, as Windows writes it. */
import type { Account } from './ntlm/keys.ts';

/** @param userName `user`, `DOMAIN\user`, `.\user` of the host itself, or `user@domain`, which goes as it is */
export function accountOf(userName: string, password: string): Account {
  const at = userName.indexOf('\\');
  if (at === -1) return { user: userName, domain: '', password };
  const domain = userName.slice(0, at);
  return { user: userName.slice(at + 1), domain: domain === '.' ? '' : domain, password };
}

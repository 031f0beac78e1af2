/** What can be done with which connection, and by whom. */
import { t } from '../../texts/t.ts';
import type { ConnectionRow } from './rows.ts';

export type ConnectionDeed = 'test' | 'refresh' | 'certificate' | 'secret' | 'remove';

/** What each takes of whoever asks. */
export const takes = {
  test: 'operator',
  refresh: 'operator',
  certificate: 'admin',
  secret: 'operator',
  remove: 'admin',
} as const satisfies Readonly<Record<ConnectionDeed, string>>;

/** In the order in which they are offered. */
export const deedsOf = ({ side }: ConnectionRow): readonly ConnectionDeed[] =>
  side === 'source'
    ? ['test', 'refresh', 'certificate', 'secret', 'remove']
    : ['test', 'certificate', 'secret', 'remove'];

/** Why it cannot be done, whoever asks. */
export const offReason = (deed: ConnectionDeed, { address }: ConnectionRow): string | null =>
  deed === 'certificate' && address.startsWith('http:') ? t('connections.noCertificate') : null;

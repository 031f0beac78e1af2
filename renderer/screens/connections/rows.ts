/** Sources and clouds as rows of one table. */
import type {
  DestinationConnection,
  HypervConnection,
  KeystoneAuth,
  SourceConnection,
} from '../../../main/shared/connections.ts';
import type { KeptIn } from '../../../main/shared/vault.ts';
import type { Trust } from '../../../main/shared/trust.ts';
import { isOver } from '../../../main/shared/stages.ts';
import { pathOf } from '../../router.ts';
import { destinations, plans, sources } from '../../state/connections.ts';
import { details } from '../../state/details.ts';
import type { Loaded } from '../../state/loaded.ts';
import { useMigrations } from '../../state/migrations.ts';
import type { Side } from '../../state/tests.ts';
import { t } from '../../texts/t.ts';

export interface ConnectionRow {
  readonly side: Side;
  readonly kind: (SourceConnection | DestinationConnection)['kind'];
  readonly id: string;
  readonly name: string;
  readonly address: string;
  readonly proxy: string | null;
  /** Whom it signs in as; of a cloud with the project. */
  readonly who: string;
  /** Product and version as it said last; null before the first sign-in. */
  readonly version: string | null;
  readonly trust: Trust;
  /** Of a Hyper-V host: how it is signed in to, and how the files of its disks are reached. */
  readonly hyperv?: Pick<HypervConnection, 'signInBy' | 'disks'>;
  readonly createdAt: string;
  /** Undefined while it is not known. */
  readonly secret: KeptIn | null | undefined;
  readonly inventoryTakenAt: string | null;
  /** Migrations that are not over. */
  readonly migrations: number;
  readonly plans: number;
}

/** Both lists as one: loading until both are known, failed where either is. */
export function useConnections(): Loaded<readonly ConnectionRow[]> {
  const from = sources.use();
  const to = destinations.use();
  const known = details.use();
  const planned = plans.use();
  const byId = useMigrations((state) => state.byId);
  if (from.state !== 'known') return from;
  if (to.state !== 'known') return to;

  const detailOf = known.state === 'known' ? known.value : {};
  const allPlans = planned.state === 'known' ? planned.value : [];
  const going = Object.values(byId).filter(({ stage }) => !isOver(stage));
  const rest = (side: Side, { id, name, kind, proxy, trust, createdAt }: SourceConnection | DestinationConnection) => ({
    side,
    id,
    name,
    kind,
    proxy,
    trust,
    createdAt,
    secret: detailOf[id]?.secret,
    inventoryTakenAt: detailOf[id]?.inventoryTakenAt ?? null,
    migrations: going.filter((one) => one[side] === id).length,
    plans: allPlans.filter((one) => one[side] === id).length,
  });
  const value = [
    ...from.value.map((one) => ({ ...rest('source', one), ...ofSource(one) })),
    ...to.value.map((one) => ({ ...rest('destination', one), ...ofCloud(one) })),
  ];
  return { state: 'known', value, asOf: Math.min(from.asOf, to.asOf) };
}

export async function reloadConnections(): Promise<void> {
  await Promise.all([sources.load(), destinations.load(), details.load()]);
}

export const pageOf = ({ side, id }: Pick<ConnectionRow, 'side' | 'id'>): string =>
  pathOf('connections', side === 'source' ? 'source' : 'cloud', id);

const ofSource = (source: SourceConnection) => ({
  address: source.url,
  who: source.userName,
  version: source.about === null ? null : `${source.about.product} ${source.about.version}`,
  ...(source.kind === 'hyperv' ? { hyperv: source } : {}),
});

const ofCloud = ({ authUrl, auth, about, region }: DestinationConnection) => ({
  address: authUrl,
  who:
    about === null
      ? whoIs(auth)
      : t('connections.userOfProject', { user: about.user.name, project: about.project.name }),
  version:
    about === null
      ? null
      : t('connections.cloudVersion', {
          nova: about.versions['compute'] ?? '–',
          region: about.region || (region ?? ''),
        }),
});

function whoIs(auth: KeystoneAuth): string {
  switch (auth.method) {
    case 'password':
      return t('connections.userOfProject', { user: auth.userName, project: auth.project });
    case 'applicationCredential':
      return t('connections.credentialIs', { id: auth.id });
    case 'applicationCredentialByName':
      return t('connections.credentialIs', { id: auth.name });
    case 'token':
      return t('connections.token');
  }
}

export const secretText = (secret: ConnectionRow['secret']): string =>
  secret === undefined ? '' : t(secret === null ? 'connections.secretNone' : `connections.secret.${secret}`);

/** What it is, beside the others. */
export const kindText = ({ kind }: Pick<ConnectionRow, 'kind'>): string =>
  t(kind === 'openstack' ? 'connections.isCloud' : `connections.isSource.${kind}`);

export function trustText({ kind, address, trust }: Pick<ConnectionRow, 'kind' | 'address' | 'trust'>): string {
  if (address.startsWith('http:')) return t(kind === 'hyperv' ? 'connections.trustSealed' : 'connections.trustPlain');
  if (trust.kind === 'pinned')
    return t('connections.trustPinned', { start: trust.sha256.slice(0, 8), end: trust.sha256.slice(-8) });
  return t(trust.kind === 'system' ? 'connections.trustSystem' : 'connections.trustAuthorities');
}

export function usedText({ migrations, plans: planned }: Pick<ConnectionRow, 'migrations' | 'plans'>): string {
  const parts = [
    migrations > 0 ? t('connections.usedMigrations', { count: migrations }) : [],
    planned > 0 ? t('connections.usedPlans', { count: planned }) : [],
  ].flat();
  return parts.length === 0 ? t('connections.unused') : parts.join(', ');
}

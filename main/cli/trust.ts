/** `guts source trust`, `guts destination trust`: another certificate for a connection, as when a server's was renewed. */
import type { Command } from 'commander';
import type { DestinationConnection, SourceConnection } from '../shared/connections.ts';
import type { ConnectionKind } from '../store/connections.ts';
import { isSealed } from '../shared/hyperv-address.ts';
import { certificateOptions, trustFrom, trustText, type TrustFlags } from './trust-flags.ts';
import { UsageError } from './usage-error.ts';
import { Workplace } from './workplace.ts';

export function addTrust(parent: Command, kind: ConnectionKind): void {
  const trust = parent
    .command('trust')
    .description('trust another certificate of the server from now on')
    .argument(`<${kind}>`, 'name or id');
  certificateOptions(trust).action(async (name: string, flags: Omit<TrustFlags, 'proxy'>) => {
    await using workplace = await Workplace.open(trust);
    const connection = await shown(workplace, kind, name);
    const url = 'url' in connection ? connection.url : connection.authUrl;
    const { proxy } = connection;
    if (connection.kind !== 'openstack' && isSealed(connection))
      throw new UsageError(`${url} shows no certificate: NTLM seals each message instead.`);
    const trusted = await trustFrom(workplace, url, { ...flags, ...(proxy === null ? {} : { proxy }) }, true);
    if (kind === 'source') await workplace.call('sources.trust', { source: connection.id, trust: trusted });
    else await workplace.call('destinations.trust', { destination: connection.id, trust: trusted });
    workplace.terminal.result(
      { [kind]: connection.id, trust: trusted },
      () =>
        `“${connection.name}” trusts ${trustText(trusted)}.\nMigrations that it stopped go on with “guts retry”, or are undone with “guts cancel”.\n`,
    );
  });
}

async function shown(
  workplace: Workplace,
  kind: ConnectionKind,
  name: string,
): Promise<SourceConnection | DestinationConnection> {
  if (kind === 'source') return (await workplace.call('sources.show', { source: name })).source;
  return (await workplace.call('destinations.show', { destination: name })).destination;
}

/** `guts source|destination secret`: keeps the secret of a connection that is set up already in the vault of whoever answers. */
import type { Command } from 'commander';
import type { ConnectionKind } from '../store/connections.ts';
import { secretFrom, secretOptions, type SecretFlags } from './secret-flags.ts';
import { placeText, Workplace } from './workplace.ts';

export function addSecret(of: Command, kind: ConnectionKind): void {
  const command = secretOptions(of.command('secret'))
    .description('keep its password anew, as on a second server, or when it was changed there')
    .argument(`<${kind}>`, 'name or id')
    .addHelpText(
      'after',
      `\nExample:\n  $ guts ${kind} secret ${kind === 'source' ? 'vc1' : 'cloud'} --password-file pw`,
    )
    .action(async (name: string, flags: SecretFlags) => {
      await using workplace = await Workplace.open(command);
      const ask = async (question: string): Promise<string> => await secretFrom(flags, question);
      if (kind === 'source') {
        const { source } = await workplace.call('sources.show', { source: name });
        const secret = await ask(`Password of ${source.userName} at ${source.url}: `);
        const kept = await workplace.call('sources.secret', { source: source.id, secret, keep: true });
        tell(workplace, source.name, kept.secret);
        return;
      }
      const { destination } = await workplace.call('destinations.show', { destination: name });
      const secret = await ask(`Secret of “${destination.name}” at ${destination.authUrl}: `);
      const kept = await workplace.call('destinations.secret', { destination: destination.id, secret, keep: true });
      tell(workplace, destination.name, kept.secret);
    });
}

function tell(workplace: Workplace, name: string, secret: keyof typeof placeText): void {
  workplace.tellKept(secret);
  workplace.terminal.result({ name, secret }, () => `The secret of “${name}” is ${placeText[secret]}.\n`);
}

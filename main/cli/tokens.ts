/** `guts token` and `guts audit`: who may ask the daemon, and who has changed what. */
import { Option, type Command } from 'commander';
import { Role, type TokenId } from '../shared/access.ts';
import { momentOf } from './moment.ts';
import { sheet, table } from './table.ts';
import { Workplace } from './workplace.ts';

interface CreateFlags {
  readonly role: Role;
  readonly expires?: string;
}

export function addTokens(program: Command): void {
  const token = program.command('token').description('who may ask the daemon');
  const create = token
    .command('create')
    .description('make a token; it is printed this once and kept only as a hash')
    .argument('<name>', 'a name of your own for it')
    .addOption(new Option('--role <role>', 'what it may').choices(Role.options).default('viewer'))
    .option('--expires <moment>', 'until when: a date, a time, or a span such as 30d', momentOf)
    .addHelpText('after', '\nExamples:\n  $ guts token create dashboard --role viewer --expires 90d')
    .action(async (name: string, { role, expires }: CreateFlags) => {
      await using workplace = await Workplace.open(create);
      const made = await workplace.call('tokens.create', { name, role, expiresAt: expires ?? null });
      workplace.terminal.result(made, () =>
        sheet([
          ['id', made.id],
          ['role', made.role],
          ['expires', made.expiresAt ?? 'never'],
          ['token', made.token],
        ]),
      );
    });
  const list = token
    .command('list')
    .description('the tokens, without themselves')
    .action(async () => {
      await using workplace = await Workplace.open(list);
      const { tokens } = await workplace.call('tokens.list', {});
      workplace.terminal.result({ tokens }, () =>
        table(
          tokens,
          [
            { title: 'NAME', cell: ({ name }) => name, isWhole: true },
            { title: 'ROLE', cell: ({ role }) => role, isWhole: true },
            { title: 'CREATED', cell: ({ createdAt }) => createdAt.slice(0, 16).replace('T', ' ') },
            { title: 'EXPIRES', cell: ({ expiresAt }) => expiresAt?.slice(0, 16).replace('T', ' ') ?? 'never' },
            { title: 'ID', cell: ({ id }) => id, isWhole: true },
          ],
          'No token besides the local one: guts token create',
        ),
      );
    });
  const remove = token
    .command('delete')
    .description('revoke a token, at once')
    .argument('<token>', 'its name or id')
    .action(async (nameOrId: string) => {
      await using workplace = await Workplace.open(remove);
      const { tokens } = await workplace.call('tokens.list', {});
      const found = tokens.find(({ id, name }) => id === nameOrId || name === nameOrId);
      const result = await workplace.call('tokens.delete', { token: (found?.id ?? nameOrId) as TokenId }); // the server parses it
      workplace.terminal.result(result, () => `“${found?.name ?? nameOrId}” is revoked.\n`);
    });
  const audit = program
    .command('audit')
    .description('who changed what and when, newest first')
    .option('--who <pattern>', 'only by them; * is any text')
    .option('--what <pattern>', 'only such operations, as migrations.*')
    .action(async ({ who, what }: { readonly who?: string; readonly what?: string }) => {
      await using workplace = await Workplace.open(audit);
      const entries = await workplace.rows('audit.list', { who, what });
      workplace.terminal.result({ entries }, () =>
        table(
          entries,
          [
            { title: 'AT', cell: ({ at }) => at.slice(0, 19).replace('T', ' '), isWhole: true },
            { title: 'WHO', cell: (entry) => entry.who },
            { title: 'WHAT', cell: (entry) => entry.what, isWhole: true },
            {
              title: 'ABOUT',
              cell: ({ about }) =>
                Object.entries(about)
                  .map((pair) => pair.join('='))
                  .join(' '),
            },
            { title: 'RESULT', cell: ({ result }) => result, isWhole: true },
          ],
          'Nothing was changed over REST yet.',
        ),
      );
    });
}

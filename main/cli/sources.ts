/** `guts source`: the vCenters and ESXi hosts that machines come from. */
import { InvalidArgumentError, type Command } from 'commander';
import { SourceConnection, type SourceSignIn } from '../shared/connections.ts';
import type { SourceTestResult } from '../shared/move-jobs.ts';
import { newSourceId } from '../store/connections.ts';
import { demandUnused } from './in-use.ts';
import { refreshInventory } from './refresh.ts';
import { secretFrom, secretOptions, type SecretFlags } from './secret-flags.ts';
import { sheet, table } from './table.ts';
import { duration } from './terminal.ts';
import { addTrust } from './trust.ts';
import { trustFrom, trustOptions, trustText, type TrustFlags } from './trust-flags.ts';
import { urlOf } from './url.ts';
import { UsageError } from './usage-error.ts';
import { placeText, Workplace } from './workplace.ts';

interface CreateFlags extends TrustFlags, SecretFlags {
  readonly url: string;
  readonly user: string;
  readonly test: boolean;
}

export function addSource(program: Command): void {
  const source = program.command('source').description('the vCenters and ESXi hosts that machines come from');
  const create = source
    .command('create')
    .description('set up a source: look at its certificate, sign in once, keep it')
    .argument('<name>', 'a name of your own for it')
    .requiredOption('--url <url>', 'https://HOST[:PORT] of the vCenter or ESXi host', serverUrl)
    .requiredOption('--user <name>', 'whom to sign in as; with vCenter usually NAME@DOMAIN')
    .option('--no-test', 'save it without asking the server');
  secretOptions(trustOptions(create))
    .addHelpText(
      'after',
      '\nExamples:\n  $ guts source create vc1 --url https://vc1.example.net --user mover@vsphere.local\n  $ guts source create esx --url https://esx.example.net --user root --password-file pw --fingerprint 3A:…',
    )
    .action(async (name: string, flags: CreateFlags) => createSource(create, name, flags));
  const list = source
    .command('list')
    .description('the sources that are set up')
    .action(async () => {
      const { connections, terminal } = new Workplace(list);
      const sources = await connections.list('source');
      terminal.result({ sources }, () => listText(sources));
    });
  const show = source
    .command('show')
    .description('one source, and where its password is kept')
    .argument('<source>', 'name or id')
    .action(async (name: string) => {
      const workplace = new Workplace(show);
      const found = await workplace.connections.find('source', name);
      const secret = await workplace.vault.whereIs(found.id);
      const takenAt = (await workplace.inventories.read(found.id, () => false))?.takenAt ?? null;
      workplace.terminal.result({ source: found, secret, inventory: takenAt === null ? null : { takenAt } }, () =>
        sheet([
          ...factsOf(found),
          ['password', secret === null ? 'not kept: it is asked for when it is needed' : placeText[secret]],
          ['inventory', takenAt === null ? 'not read yet' : `as of ${takenAt}`],
        ]),
      );
    });
  const test = source
    .command('test')
    .description('sign in, and tell what is there and what the user may not do')
    .argument('<source>', 'name or id')
    .action(async (name: string) => {
      const workplace = new Workplace(test);
      const signIn = await workplace.signInToSource(name);
      const result = await workplace.perform({ kind: 'source.test', ...signIn });
      await workplace.connections.put('source', { ...signIn.connection, about: result.about });
      workplace.terminal.result(result, () => testText(result));
    });
  const refresh = source
    .command('refresh')
    .description('read its inventory anew')
    .argument('<source>', 'name or id')
    .action(async (name: string) => {
      const workplace = new Workplace(refresh);
      const result = await refreshInventory(workplace, await workplace.signInToSource(name));
      workplace.terminal.result(
        result,
        () =>
          `${result.vms} machines, ${result.networks} networks, ${result.datastores} datastores and ${result.hosts} hosts, read in ${duration(result.seconds)}\n`,
      );
    });
  addTrust(source, 'source');
  const remove = source
    .command('delete')
    .description('forget a source, its password and its inventory')
    .argument('<source>', 'name or id')
    .action(async (name: string) => {
      const workplace = new Workplace(remove);
      const found = await workplace.connections.find('source', name);
      await demandUnused(workplace, 'source', found);
      await workplace.vault.delete(found.id);
      await workplace.inventories.remove(found.id);
      await workplace.connections.remove('source', found.id);
      workplace.terminal.result({ deleted: found.id }, () => `“${found.name}” is forgotten.\n`);
    });
}

async function createSource(command: Command, name: string, flags: CreateFlags): Promise<void> {
  const workplace = new Workplace(command);
  await workplace.connections.demandFree('source', name);
  const draft = SourceConnection.safeParse({
    id: newSourceId(),
    name,
    kind: 'vsphere',
    url: flags.url,
    userName: flags.user,
    trust: { kind: 'system' },
    proxy: flags.proxy ?? null,
    createdAt: new Date().toISOString(),
    about: null,
  });
  if (!draft.success)
    throw new UsageError(draft.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
  const trust = await trustFrom(workplace, flags.url, flags, flags.test);
  const secret = await secretFrom(flags, `Password of ${flags.user} at ${flags.url}: `);
  const signIn: SourceSignIn = { connection: { ...draft.data, trust }, secret };
  const tested = flags.test ? await workplace.perform({ kind: 'source.test', ...signIn }) : null;
  const connection = { ...signIn.connection, about: tested?.about ?? null };
  const keptIn = await workplace.keepSecret(connection.id, secret);
  await workplace.connections.put('source', connection);
  workplace.terminal.result({ source: connection, secret: keptIn, test: tested }, () =>
    [
      sheet([...factsOf(connection), ['password', placeText[keptIn]]]),
      tested === null ? 'It was not tried: “guts source test” does that.\n' : testText(tested),
      `Next: guts source refresh ${connection.name}\n`,
    ].join(''),
  );
}

function factsOf({ id, name, url, userName, trust, proxy, about }: SourceConnection): [string, string][] {
  return [
    ['name', name],
    ['id', id],
    ['address', url],
    ['user', userName],
    ['trusts', trustText(trust)],
    ...(proxy === null ? [] : ([['proxy', proxy]] satisfies [string, string][])),
    ['product', about === null ? 'not known yet' : `${about.product} ${about.version} (build ${about.build})`],
  ];
}

function listText(sources: readonly SourceConnection[]): string {
  return table(
    sources,
    [
      { title: 'NAME', cell: ({ name }) => name, isWhole: true },
      { title: 'ADDRESS', cell: ({ url }) => url },
      { title: 'USER', cell: ({ userName }) => userName },
      { title: 'PRODUCT', cell: ({ about }) => (about === null ? '–' : `${about.product} ${about.version}`) },
      { title: 'ID', cell: ({ id }) => id, isWhole: true },
    ],
    'No source is set up: guts source create',
  );
}

function testText({ about, missingPrivileges, warnings }: SourceTestResult): string {
  return [
    `signed in: ${about.product} ${about.version}, build ${about.build}`,
    ...missingPrivileges.map(({ privilege, neededFor }) => `lacks the privilege ${privilege}, needed for ${neededFor}`),
    ...warnings.map((warning) => `warning: ${warning}`),
    '',
  ].join('\n');
}

/** Takes a bare host name too, and cuts the path of a page that somebody copied. */
export function serverUrl(text: string): string {
  const whole = /^[a-z]+:\/\//i.test(text) ? text : `https://${text}`;
  const url = urlOf(whole);
  if (url === null || url.protocol !== 'https:')
    throw new InvalidArgumentError('Give https://HOST or https://HOST:PORT.');
  if (url.username !== '' || url.password !== '')
    throw new UsageError('Give the user with --user, not in --url, and the password never on the command line.'); // not repeated
  return url.origin;
}

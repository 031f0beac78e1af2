/** `guts destination`: the OpenStack projects that machines go to. */
import { Option, type Command } from 'commander';
import type { DestinationConnection } from '../shared/connections.ts';
import type { DestinationTestResult } from '../shared/move-jobs.ts';
import { operations } from '../shared/operations.ts';
import { cloudAccessFrom, type CloudFlags } from './cloud-flags.ts';
import { secretFrom, secretOptions, type SecretFlags } from './secret-flags.ts';
import { sheet, table } from './table.ts';
import { addSecret } from './secret-command.ts';
import { addTrust } from './trust.ts';
import { trustFrom, trustOptions, trustText, type TrustFlags } from './trust-flags.ts';
import { UsageError } from './usage-error.ts';
import { vaultText } from './vault-text.ts';
import { demandFree, placeText, Workplace } from './workplace.ts';

interface CreateFlags extends CloudFlags, TrustFlags, SecretFlags {
  readonly test: boolean;
}

export function addDestination(program: Command): void {
  const destination = program.command('destination').description('the OpenStack projects that machines go to');
  const create = destination
    .command('create')
    .description('set up a destination: look at its certificate, sign in once, keep it')
    .argument('<name>', 'a name of your own for it')
    .option('--cloud <name>', 'take everything from this cloud of clouds.yaml and secure.yaml')
    .option('--openrc <file>', 'take everything from an openrc file; it is read, not run')
    .option('--auth-url <url>', 'of Keystone, such as https://cloud.example.net:5000/v3')
    .option('--user <name>', 'name or id of the user')
    .option('--user-domain <name>', 'name or id of the user’s domain (default: default)')
    .option('--project <name>', 'name or id of the project')
    .option('--project-domain <name>', 'name or id of the project’s domain (default: default)')
    .option(
      '--application-credential <id>',
      'sign in by an application credential, its id, or its name together with --user; its secret is the password',
    )
    .option('--token', 'sign in by a token; it is the password')
    .option('--region <name>', 'where the cloud has several')
    .addOption(
      new Option('--interface <which>', 'which addresses of the catalogue to use').choices([
        'public',
        'internal',
        'admin',
      ]),
    )
    .option('--no-test', 'save it without asking the cloud');
  secretOptions(trustOptions(create))
    .addHelpText(
      'after',
      '\nExamples:\n  $ guts destination create os1 --cloud mycloud\n  $ guts destination create os1 --openrc project-openrc.sh\n  $ guts destination create os1 --auth-url https://cloud.example.net:5000/v3 --user mover --project demo',
    )
    .action(async (name: string, flags: CreateFlags) => createDestination(create, name, flags));
  const list = destination
    .command('list')
    .description('the destinations that are set up')
    .action(async () => {
      await using workplace = await Workplace.open(list);
      const { destinations } = await workplace.call('destinations.list', {});
      workplace.terminal.result({ destinations }, () => listText(destinations));
    });
  const show = destination
    .command('show')
    .description('one destination, and where its secret is kept')
    .argument('<destination>', 'name or id')
    .action(async (name: string) => {
      await using workplace = await Workplace.open(show);
      const view = await workplace.call('destinations.show', { destination: name });
      const { secret, vault } = view;
      workplace.terminal.result(view, () =>
        sheet([
          ...factsOf(view.destination),
          ['secret', secret === null ? 'not kept: it is asked for when it is needed' : placeText[secret]],
          ['new secrets', vaultText(vault)],
        ]),
      );
    });
  const test = destination
    .command('test')
    .description('sign in, and tell what is there')
    .argument('<destination>', 'name or id')
    .action(async (name: string) => {
      await using workplace = await Workplace.open(test);
      await workplace.demandSecret('destination', name);
      const result = await workplace.call('destinations.test', { destination: name });
      workplace.terminal.result(result, () => testText(result));
    });
  addTrust(destination, 'destination');
  addSecret(destination, 'destination');
  const remove = destination
    .command('delete')
    .description('forget a destination and its secret')
    .argument('<destination>', 'name or id')
    .action(async (name: string) => {
      await using workplace = await Workplace.open(remove);
      const result = await workplace.call('destinations.delete', { destination: name });
      workplace.terminal.result(result, () => `“${name}” is forgotten.\n`);
    });
}

async function createDestination(command: Command, name: string, flags: CreateFlags): Promise<void> {
  await using workplace = await Workplace.open(command);
  const { caFile, secret: given, ...access } = await cloudAccessFrom(flags);
  const draft = operations['destinations.create'].input
    .omit({ secret: true })
    .safeParse({ name, ...access, proxy: flags.proxy ?? null, test: flags.test });
  if (!draft.success)
    throw new UsageError(draft.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
  await demandFree(workplace, 'destination', name);
  const { authUrl } = draft.data;
  const own = flags.fingerprint === undefined && flags.caFile === undefined && caFile !== null ? { caFile } : {};
  const trust = await trustFrom(workplace, authUrl, { ...flags, ...own }, flags.test);
  const isGiven = flags.passwordStdin === true || flags.passwordFile !== undefined;
  const secret = given === null || isGiven ? await secretFrom(flags, questionFor(draft.data)) : given;
  const made = await workplace.call('destinations.create', { ...draft.data, trust, secret });
  workplace.tellKept(made.secret);
  workplace.terminal.result(made, () =>
    [
      sheet([...factsOf(made.destination), ['secret', placeText[made.secret]]]),
      made.test === null ? 'It was not tried: “guts destination test” does that.\n' : testText(made.test),
    ].join(''),
  );
}

function questionFor({ auth, authUrl }: Pick<DestinationConnection, 'auth' | 'authUrl'>): string {
  switch (auth.method) {
    case 'password':
      return `Password of ${auth.userName} at ${authUrl}: `;
    case 'applicationCredential':
      return `Secret of the application credential ${auth.id}: `;
    case 'applicationCredentialByName':
      return `Secret of the application credential ${auth.name} of ${auth.userName}: `;
    case 'token':
      return `Token for ${authUrl}: `;
  }
}

function whoOf({ auth }: DestinationConnection): string {
  switch (auth.method) {
    case 'password':
      return `${auth.userName} of ${auth.userDomain}, project ${auth.project} of ${auth.projectDomain}`;
    case 'applicationCredential':
      return `application credential ${auth.id}`;
    case 'applicationCredentialByName':
      return `application credential ${auth.name} of ${auth.userName} of ${auth.userDomain}`;
    case 'token':
      return 'by a token';
  }
}

function factsOf(destination: DestinationConnection): [string, string][] {
  const { id, name, authUrl, region, trust, proxy, about } = destination;
  return [
    ['name', name],
    ['id', id],
    ['address', authUrl],
    ['signs in', whoOf(destination)],
    ['region', about?.region ?? region ?? 'the only one'],
    ['trusts', trustText(trust)],
    ...(proxy === null ? [] : ([['proxy', proxy]] satisfies [string, string][])),
    ['project', about === null ? 'not known yet' : `${about.project.name} (${about.project.id})`],
  ];
}

function listText(destinations: readonly DestinationConnection[]): string {
  return table(
    destinations,
    [
      { title: 'NAME', cell: ({ name }) => name, isWhole: true },
      { title: 'ADDRESS', cell: ({ authUrl }) => authUrl },
      { title: 'PROJECT', cell: ({ about }) => about?.project.name ?? '–' },
      { title: 'REGION', cell: ({ about, region }) => about?.region ?? region ?? '–' },
      { title: 'ID', cell: ({ id }) => id, isWhole: true },
    ],
    'No destination is set up: guts destination create',
  );
}

function testText({ about, projects, warnings }: DestinationTestResult): string {
  const { project, user, roles, region, versions } = about;
  return [
    `signed in: ${user.name} in project ${project.name}, region ${region}, roles ${roles.join(', ')}`,
    `services: ${Object.entries(versions)
      .map(([service, version]) => `${service} ${version}`)
      .join(', ')}`,
    ...(projects.length > 1 ? [`projects of this user: ${projects.map(({ name }) => name).join(', ')}`] : []),
    ...warnings.map((warning) => `warning: ${warning}`),
    '',
  ].join('\n');
}

/** `guts source`: the vCenters, ESXi hosts and Hyper-V hosts that machines come from. */
import type { Command } from 'commander';
import type { SourceAbout, SourceConnection } from '../shared/connections.ts';
import type { SourceInventoryResult, SourceTestResult } from '../shared/move-jobs.ts';
import { operations } from '../shared/operations.ts';
import { isSealed } from '../shared/hyperv-address.ts';
import { things } from '../shared/figures.ts';
import { secretFrom, secretOptions, type SecretFlags } from './secret-flags.ts';
import { addressOptions, addressText, kindText, sourceAddress, type AddressFlags } from './source-address.ts';
import { sheet, table } from './table.ts';
import { duration } from './terminal.ts';
import { addSecret } from './secret-command.ts';
import { addTrust } from './trust.ts';
import { trustFrom, trustOptions, trustText, type TrustFlags } from './trust-flags.ts';
import { UsageError } from './usage-error.ts';
import { vaultText } from './vault-text.ts';
import { demandFree, placeText, Workplace } from './workplace.ts';

interface CreateFlags extends AddressFlags, TrustFlags, SecretFlags {
  readonly test: boolean;
}

export function addSource(program: Command): void {
  const source = program
    .command('source')
    .description('the vCenters, ESXi hosts and Hyper-V hosts that machines come from');
  const create = source
    .command('create')
    .description('set up a source: look at its certificate, sign in once, keep it')
    .argument('<name>', 'a name of your own for it');
  addressOptions(create).option('--no-test', 'save it without asking the server');
  secretOptions(trustOptions(create))
    .addHelpText(
      'after',
      "\nExamples:\n  $ guts source create vc1 --url https://vc1.example.net --user mover@vsphere.local\n  $ guts source create esx --url https://esx.example.net --user root --password-file pw --fingerprint 3A:…\n  $ guts source create hv1 --kind hyperv --url hv1.example.net --user 'CORP\\mover'\n  $ guts source create hv2 --kind hyperv --url http://hv2 --user 'HV2\\mover' --disk-place 'D:\\Hyper-V=/mnt/hv'",
    )
    .action(async (name: string, flags: CreateFlags) => createSource(create, name, flags));
  const list = source
    .command('list')
    .description('the sources that are set up')
    .action(async () => {
      await using workplace = await Workplace.open(list);
      const { sources } = await workplace.call('sources.list', {});
      workplace.terminal.result({ sources }, () => listText(sources));
    });
  const show = source
    .command('show')
    .description('one source, and where its password is kept')
    .argument('<source>', 'name or id')
    .action(async (name: string) => {
      await using workplace = await Workplace.open(show);
      const view = await workplace.call('sources.show', { source: name });
      const { secret, inventory, vault } = view;
      workplace.terminal.result(view, () =>
        sheet([
          ...factsOf(view.source),
          ['password', secret === null ? 'not kept: it is asked for when it is needed' : placeText[secret]],
          ['new secrets', vaultText(vault)],
          ['inventory', inventory === null ? 'not read yet' : `as of ${inventory.takenAt}`],
        ]),
      );
    });
  const test = source
    .command('test')
    .description('sign in, and tell what is there and what the user may not do')
    .argument('<source>', 'name or id')
    .action(async (name: string) => {
      await using workplace = await Workplace.open(test);
      await workplace.demandSecret('source', name);
      const result = await workplace.call('sources.test', { source: name });
      workplace.terminal.result(result, () => testText(result));
    });
  const refresh = source
    .command('refresh')
    .description('read its inventory anew')
    .argument('<source>', 'name or id')
    .action(async (name: string) => {
      await using workplace = await Workplace.open(refresh);
      await workplace.demandSecret('source', name);
      const result = await workplace.call('sources.refresh', { source: name });
      workplace.terminal.result(result, () => refreshText(result));
    });
  addTrust(source, 'source');
  addSecret(source, 'source');
  const remove = source
    .command('delete')
    .description('forget a source, its password and its inventory')
    .argument('<source>', 'name or id')
    .action(async (name: string) => {
      await using workplace = await Workplace.open(remove);
      const result = await workplace.call('sources.delete', { source: name });
      workplace.terminal.result(result, () => `“${name}” is forgotten.\n`);
    });
}

async function createSource(command: Command, name: string, flags: CreateFlags): Promise<void> {
  await using workplace = await Workplace.open(command);
  const address = sourceAddress(flags);
  const draft = operations['sources.create'].input.safeParse({
    name,
    ...address,
    proxy: flags.proxy ?? null,
    test: flags.test,
    secret: 'asked for last', // nobody types a password for what is refused anyway
  });
  if (!draft.success)
    throw new UsageError(draft.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
  await demandFree(workplace, 'source', name);
  const trust = await trustFrom(workplace, address.url, { ...flags, isSealed: isSealed(address) }, flags.test);
  const secret = await secretFrom(flags, `Password of ${flags.user} at ${address.url}: `);
  const made = await workplace.call('sources.create', { ...draft.data, trust, secret });
  workplace.tellKept(made.secret);
  workplace.terminal.result(made, () =>
    [
      sheet([...factsOf(made.source), ['password', placeText[made.secret]]]),
      made.test === null ? 'It was not tried: “guts source test” does that.\n' : testText(made.test),
      `Next: guts source refresh ${made.source.name}\n`,
    ].join(''),
  );
}

function factsOf(source: SourceConnection): [string, string][] {
  const { id, name, kind, url, userName, trust, proxy, about } = source;
  return [
    ['name', name],
    ['id', id],
    ['kind', kindText[kind]],
    ['address', url],
    ['user', userName],
    ...addressText(source),
    ['trusts', isSealed(source) ? 'no certificate: each message is sealed by NTLM' : trustText(trust)],
    ...(proxy === null ? [] : ([['proxy', proxy]] satisfies [string, string][])),
    ['product', about === null ? 'not known yet' : `${about.product} ${about.version} (${buildText(about)})`],
  ];
}

/** Of a Hyper-V host its system and its name, which its address need not tell. */
const buildText = ({ kind, build, instanceId }: SourceAbout): string =>
  kind === 'hyperv' ? `${build}, host ${instanceId}` : `build ${build}`;

function listText(sources: readonly SourceConnection[]): string {
  return table(
    sources,
    [
      { title: 'NAME', cell: ({ name }) => name, isWhole: true },
      { title: 'KIND', cell: ({ kind }) => kindText[kind], isWhole: true },
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
    `signed in: ${about.product} ${about.version}, ${buildText(about)}`,
    ...missingPrivileges.map(({ privilege, neededFor }) => `lacks the privilege ${privilege}, needed for ${neededFor}`),
    ...warnings.map((warning) => `warning: ${warning}`),
    '',
  ].join('\n');
}

function refreshText({ vms, networks, datastores, hosts, warnings, seconds }: SourceInventoryResult): string {
  return [
    `${things(vms, 'machine')}, ${things(networks, 'network')}, ${things(datastores, 'datastore')} and ${things(hosts, 'host')}, read in ${duration(seconds)}`,
    ...warnings.map((warning) => `warning: ${warning}`),
    '',
  ].join('\n');
}

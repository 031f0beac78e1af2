/** `guts plan template`: what several plans have in common, kept under a name; and a plan's options by it. */
import type { Command } from 'commander';
import type { MigrationOptions } from '../shared/migration.ts';
import type { PlanTemplate } from '../shared/plans.ts';
import type { MigrationFlags } from './migration-flags.ts';
import { windowText } from './plan-text.ts';
import { connectionNames } from './run-migration.ts';
import { table } from './table.ts';
import { Workplace } from './workplace.ts';

interface SaveFlags {
  readonly plan: string;
  readonly replace: boolean;
}

export function addPlanTemplates(plan: Command): void {
  const template = plan.command('template').description('what several plans have in common: all but their machines');
  const save = template
    .command('save')
    .description('keep the options, times and waves of a plan under a name')
    .argument('<name>', 'of the template')
    .requiredOption('--plan <plan>', 'name or id of the plan')
    .option('--replace', 'replace the template that has this name already', false)
    .action(async (name: string, flags: SaveFlags) => {
      await using workplace = await Workplace.open(save);
      const saved = await workplace.call('planTemplates.save', { name, ...flags });
      workplace.terminal.result(
        saved,
        () => `“${saved.name}” is kept: guts plan create NAME --template "${saved.name}" --vm …\n`,
      );
    });
  const list = template
    .command('list')
    .description('the templates')
    .action(async () => {
      await using workplace = await Workplace.open(list);
      const { templates } = await workplace.call('planTemplates.list', {});
      const names = await connectionNames(workplace);
      workplace.terminal.result({ templates }, () => listText(templates, names));
    });
  const show = template
    .command('show')
    .description('one template, as JSON')
    .argument('<name>')
    .action(async (name: string) => {
      await using workplace = await Workplace.open(show);
      const found = await workplace.call('planTemplates.show', { template: name });
      workplace.terminal.result(found, () => `${JSON.stringify(found, null, 2)}\n`);
    });
  const remove = template
    .command('delete')
    .description('forget a template; plans that were made by it stay')
    .argument('<name>')
    .action(async (name: string) => {
      await using workplace = await Workplace.open(remove);
      const result = await workplace.call('planTemplates.delete', { template: name });
      workplace.terminal.result(result, () => `“${result.deleted}” is forgotten.\n`);
    });
}

const listText = (templates: readonly PlanTemplate[], names: ReadonlyMap<string, string>): string =>
  table(
    templates,
    [
      { title: 'NAME', cell: ({ name }) => name, isWhole: true },
      { title: 'FROM', cell: ({ source }) => names.get(source) ?? source },
      { title: 'TO', cell: ({ destination }) => names.get(destination) ?? destination },
      { title: 'WINDOW', cell: ({ window }) => (window === null ? 'any time' : windowText(window)) },
    ],
    'No template is kept: guts plan template save',
  );

/** What each flag says. */
const fieldOf = {
  map: 'networks',
  targetName: 'targetName',
  flavor: 'flavor',
  createFlavor: 'createFlavor',
  profile: 'profile',
  volumes: 'boot',
  volumeType: 'volumeType',
  keepImages: 'keepImages',
  read: 'reading',
  imageFormat: 'imageFormat',
  whileRunning: 'whileRunning',
  shutDownTimeout: 'shutDownTimeoutSeconds',
  mayPullPlug: 'mayPullPlug',
  newMac: 'keepMac',
  securityGroup: 'securityGroups',
  addressPair: 'addressPairs',
  portSecurity: 'networks',
  floating: 'floatingNetwork',
  availabilityZone: 'availabilityZone',
  keyPair: 'keyPair',
  serverGroup: 'serverGroup',
  userData: 'userData',
  bootTimeout: 'bootTimeoutSeconds',
  consoleMarker: 'consoleMarker',
  reachablePort: 'reachablePort',
  accept: 'accept',
  nodeTag: 'nodeTags',
} satisfies Record<keyof MigrationFlags, keyof MigrationOptions>;

/** Fields of which something was typed. */
export const typedFields = (command: Command): readonly (keyof MigrationOptions)[] =>
  Object.entries(fieldOf).flatMap(([flag, field]) => (command.getOptionValueSource(flag) === 'cli' ? [field] : []));

/** What was typed goes before what the template has. @param options by all flags, those that were not typed included */
export function withTemplate(
  command: Command,
  options: MigrationOptions,
  template: PlanTemplate | null,
): Partial<MigrationOptions> {
  if (template === null) return options;
  const typed = typedFields(command).map((field) => [field, options[field]]);
  return { ...(template.options as Partial<MigrationOptions>), ...Object.fromEntries(typed) }; // no field is undefined in what was kept
}

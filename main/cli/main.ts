/** The guts command: exits 0 when it did what was asked, 1 when it could not, 2 when the words were wrong. */
import '../shared/shim.ts';
import './early.ts';
import { Command, CommanderError, Help, Option } from 'commander';
import { toErrorInfo } from '../shared/errors.ts';
import { isDiskKind } from '../shared/jobs.ts';
import { version } from '../../package.json';
import { addCompletion } from './completion.ts';
import { addConvert } from './convert.ts';
import { addDigest } from './digest.ts';
import { addInspect } from './inspect.ts';
import { respell } from './spellings.ts';
import { Terminal } from './terminal.ts';
import { ToldError } from './told-error.ts';
import { UsageError } from './usage-error.ts';

const COULD_NOT = 1;
const WRONG_WORDS = 2;

async function makeProgram(words: readonly string[]): Promise<Command> {
  const program = new Command('guts')
    .description(
      'Moves virtual machines from VMware vSphere and Microsoft Hyper-V to OpenStack, and turns their disk files into images.',
    )
    .version(version)
    .option('--json', 'print one JSON document on standard output')
    .option('--server <url>', 'ask this Guts server instead of the files on this machine')
    .option('--token-file <file>', 'the token for it (default: “api-token” in the data folder)')
    .option('--server-fingerprint <sha256>', 'the certificate that it must have, where no authority vouches for it')
    .option('--server-ca-file <file>', 'the authorities that vouch for its certificate (PEM)')
    .configureHelp({ optionDescription })
    .showHelpAfterError('(guts --help tells the right words)')
    .exitOverride()
    .addHelpText(
      'after',
      '\nExamples:\n  $ guts inspect appliance.ova\n  $ guts convert appliance.ova appliance.qcow2\n  $ guts convert disk.vhdx disk.raw --verify content\n  $ guts digest disk.qcow2\n  $ guts source create vc1 --url https://vc1.example.net --user mover@vsphere.local\n  $ guts create --vm web-01 --map private --start',
    );
  // They bring much that disks alone do not need, and would make them wait.
  if (!isAboutDisks(words)) {
    const { addServerCommands } = await import('./server-commands.ts');
    addServerCommands(program);
  }
  program.commandsGroup('Disks and machine files:');
  addConvert(program);
  addInspect(program);
  addDigest(program);
  program.commandsGroup('Help:');
  program.helpCommand('help [command]', 'how a command is used');
  addCompletion(program);
  for (const command of program.commands) settle(command);
  return program;
}

/** What is said of an option, without a default that is nothing: “false”, “[]” and “{}” are no words for people. */
function optionDescription(option: Option): string {
  const { defaultValue: value } = option;
  const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
  const isNothing = value === false || isEmpty;
  const shown = new Option(option.flags, option.description).default(
    isNothing ? undefined : value,
    option.defaultValueDescription,
  );
  if (option.argChoices !== undefined) shown.choices(option.argChoices);
  return new Help().optionDescription(shown);
}

function isAboutDisks(words: readonly string[]): boolean {
  const command = words.find((word) => !word.startsWith('-'));
  return command !== undefined && isDiskKind(command);
}

/** What holds for every command, however deep. */
function settle(command: Command): void {
  if (command.commands.length === 0) command.option('--json', 'print one JSON document on standard output');
  command.exitOverride();
  for (const part of command.commands) settle(part);
}

async function main(): Promise<number> {
  const [node = '', script = '', ...args] = process.argv;
  const words = respell(args);
  const program = await makeProgram(words);
  try {
    await program.parseAsync([node, script, ...words], { from: 'node' }); // also where Electron runs this as its Node
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_WORDS;
    if (error instanceof UsageError) {
      process.stderr.write(`error: ${error.message}\n`);
      return WRONG_WORDS;
    }
    if (error instanceof ToldError) {
      new Terminal(false).error(error.info);
      return COULD_NOT;
    }
    if (process.env['GUTS_DEBUG'] === '1' && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
    new Terminal(process.argv.includes('--json')).error(toErrorInfo(error));
    return COULD_NOT;
  }
}

// Whoever reads may have had enough, as `head` has.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});
void main().then((code) => {
  process.exitCode = code;
});

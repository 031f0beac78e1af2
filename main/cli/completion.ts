/** `guts completion`: scripts that let a shell complete the commands, options and choices of guts. */
import { Argument, type Command } from 'commander';

const shells = ['bash', 'zsh', 'fish'] as const;

export function addCompletion(program: Command): void {
  program
    .command('completion')
    .description('print a completion script for your shell')
    .addArgument(new Argument('<shell>', 'the shell to complete for').choices(shells))
    .addHelpText(
      'after',
      '\nExamples:\n  $ source <(guts completion bash)\n  $ guts completion fish > ~/.config/fish/completions/guts.fish',
    )
    .action((shell: (typeof shells)[number]) => {
      process.stdout.write(scripts[shell](wordsOf(program)));
    });
}

/** What may follow each command: its long options, and the values of those that have choices. */
interface Words {
  readonly commands: readonly {
    readonly name: string;
    readonly description: string;
    readonly options: readonly string[];
  }[];
  readonly choices: ReadonlyMap<string, readonly string[]>;
}

function wordsOf(program: Command): Words {
  const choices = new Map<string, readonly string[]>();
  const commands = program.commands.map((command) => {
    for (const option of command.options)
      if (typeof option.long === 'string' && option.argChoices !== undefined)
        choices.set(option.long, option.argChoices);
    const options = [...command.options.map((option) => option.long ?? ''), '--help'].filter((word) => word !== '');
    return { name: command.name(), description: command.description(), options };
  });
  return { commands, choices };
}

const scripts: Readonly<Record<(typeof shells)[number], (words: Words) => string>> = { bash, zsh, fish };

function bash({ commands, choices }: Words): string {
  const values = [...choices].map(
    ([option, list]) => `    ${option}) COMPREPLY=($(compgen -W "${list.join(' ')}" -- "$word")); return ;;`,
  );
  const options = commands.map(({ name, options }) => `    ${name}) options="${options.join(' ')}" ;;`);
  return `_guts() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} options=
  case $before in
${values.join('\n')}
  esac
  if [ "$COMP_CWORD" = 1 ]; then
    COMPREPLY=($(compgen -W "${commands.map(({ name }) => name).join(' ')} --help --version" -- "$word"))
    return
  fi
  case \${COMP_WORDS[1]} in
${options.join('\n')}
  esac
  case $word in
    -*) COMPREPLY=($(compgen -W "$options" -- "$word")) ;;
    *) COMPREPLY=($(compgen -f -- "$word")) ;;
  esac
}
complete -o filenames -F _guts guts
`;
}

function zsh(words: Words): string {
  return `autoload -U +X bashcompinit && bashcompinit\n${bash(words)}`;
}

function fish({ commands, choices }: Words): string {
  const lines = commands.flatMap(({ name, description, options }) => [
    `complete -c guts -n __fish_use_subcommand -a ${name} -d '${description.replaceAll("'", "\\'")}'`,
    ...options.map((option) => {
      const list = choices.get(option);
      const values = list === undefined ? '' : ` -x -a '${list.join(' ')}'`;
      return `complete -c guts -n '__fish_seen_subcommand_from ${name}' -l ${option.slice(2)}${values}`;
    }),
  ]);
  return `${lines.join('\n')}\n`;
}

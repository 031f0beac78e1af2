/** `guts completion`: scripts that let a shell complete the commands, options and choices of guts. */
import { Argument, type Command } from 'commander';

const shells = ['bash', 'zsh', 'fish', 'powershell'] as const;

export function addCompletion(program: Command): void {
  program
    .command('completion')
    .description('print a completion script for your shell')
    .addArgument(new Argument('<shell>', 'the shell to complete for').choices(shells))
    .addHelpText(
      'after',
      '\nExamples:\n  $ source <(guts completion bash)\n  $ guts completion fish > ~/.config/fish/completions/guts.fish\n  PS> guts completion powershell >> $PROFILE',
    )
    .action((shell: (typeof shells)[number]) => {
      process.stdout.write(scripts[shell](wordsOf(program)));
    });
}

/** What may follow each command: the commands of a group, long options, and the values of those that have choices. */
interface Words {
  readonly commands: readonly CommandWords[];
  readonly choices: ReadonlyMap<string, readonly string[]>;
}

interface CommandWords {
  /** One word, or a group's and its command's with a blank: `source create`. */
  readonly name: string;
  readonly description: string;
  readonly options: readonly string[];
  /** Empty for what is no group. */
  readonly parts: readonly string[];
}

function wordsOf(program: Command): Words {
  const choices = new Map<string, readonly string[]>();
  const wordsIn = (parent: Command, prefix: string): CommandWords[] =>
    parent.commands.flatMap((command) => {
      for (const option of command.options)
        if (typeof option.long === 'string' && option.argChoices !== undefined)
          choices.set(option.long, option.argChoices);
      const options = [...command.options.map((option) => option.long ?? ''), '--help'].filter((word) => word !== '');
      const name = prefix + command.name();
      const parts = command.commands.map((part) => part.name());
      return [{ name, description: command.description(), options, parts }, ...wordsIn(command, `${name} `)];
    });
  return { commands: wordsIn(program, ''), choices };
}

const isTop = ({ name }: CommandWords): boolean => !name.includes(' ');

const scripts: Readonly<Record<(typeof shells)[number], (words: Words) => string>> = { bash, zsh, fish, powershell };

function bash({ commands, choices }: Words): string {
  const values = [...choices].map(
    ([option, list]) => `    ${option}) COMPREPLY=($(compgen -W "${list.join(' ')}" -- "$word")); return ;;`,
  );
  const top = commands.filter(isTop);
  const groups = top.filter(({ parts }) => parts.length > 0);
  const parts = groups.map(({ name, parts }) => `    ${name}) parts="${parts.join(' ')}" ;;`);
  const options = commands
    .filter(({ parts }) => parts.length === 0)
    .map(({ name, options }) => `    "${name}") options="${options.join(' ')}" ;;`);
  return `_guts() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} options= parts= command=\${COMP_WORDS[1]}
  case $before in
${values.join('\n')}
  esac
  if [ "$COMP_CWORD" = 1 ]; then
    COMPREPLY=($(compgen -W "${top.map(({ name }) => name).join(' ')} --help --version" -- "$word"))
    return
  fi
  case $command in
${parts.join('\n')}
  esac
  if [ -n "$parts" ] && [ "$COMP_CWORD" = 2 ]; then
    COMPREPLY=($(compgen -W "$parts --help" -- "$word"))
    return
  fi
  [ -n "$parts" ] && command="$command \${COMP_WORDS[2]}"
  case $command in
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

/** The command so far is looked up from the longest words down: `source create`, then `source`, then nothing. */
function powershell({ commands, choices }: Words): string {
  const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
  const list = (words: readonly string[]): string => `@(${words.map(quoted).join(', ')})`;
  const entries = commands.map(
    ({ name, parts, options }) => `    ${quoted(name)} = ${list(parts.length > 0 ? [...parts, '--help'] : options)}`,
  );
  const values = [...choices].map(([option, words]) => `    ${quoted(option)} = ${list(words)}`);
  const top = commands.filter(isTop).map(({ name }) => name);
  return `Register-ArgumentCompleter -Native -CommandName guts -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $after = @{
    '' = ${list([...top, '--help', '--version'])}
${entries.join('\n')}
  }
  $values = @{
${values.join('\n')}
  }
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
  if ($wordToComplete -ne '') { $words = @($words | Select-Object -SkipLast 1) }
  $last = if ($words.Count -gt 0) { $words[-1] } else { '' }
  $commands = @($words | Where-Object { -not $_.StartsWith('-') } | Select-Object -First 2)
  if ($values.ContainsKey($last)) { $found = $values[$last] }
  elseif ($after.ContainsKey($commands -join ' ')) { $found = $after[$commands -join ' '] }
  elseif ($commands.Count -gt 0 -and $after.ContainsKey($commands[0])) { $found = $after[$commands[0]] }
  else { $found = @() }
  $found | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}
`;
}

function fish({ commands, choices }: Words): string {
  const quoted = (text: string): string => `'${text.replaceAll("'", "\\'")}'`;
  const lines = commands.flatMap(({ name, description, options, parts }) => {
    const [group = '', part] = name.split(' ');
    const seen = part === undefined ? group : `${group}; and __fish_seen_subcommand_from ${part}`;
    const siblings = commands.find((one) => one.name === group)?.parts ?? [];
    const before =
      part === undefined
        ? '__fish_use_subcommand'
        : `__fish_seen_subcommand_from ${group}; and not __fish_seen_subcommand_from ${siblings.join(' ')}`;
    const own = `complete -c guts -n ${quoted(before)} -a ${part ?? group} -d ${quoted(description)}`;
    if (parts.length > 0) return [own];
    return [
      own,
      ...options.map((option) => {
        const list = choices.get(option);
        const values = list === undefined ? '' : ` -x -a '${list.join(' ')}'`;
        return `complete -c guts -n ${quoted(`__fish_seen_subcommand_from ${seen}`)} -l ${option.slice(2)}${values}`;
      }),
    ];
  });
  return `${lines.join('\n')}\n`;
}

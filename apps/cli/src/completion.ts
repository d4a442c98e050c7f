import type { Command, Option } from 'commander';
import { SuggestingOption } from './suggesting-option.ts';

/** Shells that completion is written for. */
export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** One command, as completion needs it. */
interface CommandNode {
  /** Names from the program down: `datasets check`; the program itself is the empty text. */
  path: string;
  description: string;
  children: { name: string; description: string }[];
  options: readonly Option[];
  /** Words that its arguments are taken from; empty where they are files. */
  words: string[];
}

/**
 * Writes the script that completes a program's commands, options, their values and file names in a
 * shell. It is made from the program's own command tree and starts nothing when a key is pressed.
 */
export function writeCompletion(program: Command, shell: Shell): string {
  const nodes = listNodes(program, '');
  const name = program.name();
  if (shell === 'fish') return writeFish(name, nodes);
  const bash = writeBash(name, nodes);
  return shell === 'bash'
    ? bash
    : `#compdef ${name}\nautoload -U +X bashcompinit && bashcompinit\n${bash}`;
}

function listNodes(command: Command, path: string): CommandNode[] {
  const help = command.createHelp();
  const children = help.visibleCommands(command).filter((child) => child.name() !== 'help');
  const node: CommandNode = {
    path,
    description: help.subcommandDescription(command),
    children: children.map((child) => ({
      name: child.name(),
      description: help.subcommandDescription(child),
    })),
    options: help.visibleOptions(command),
    words: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
  };
  const below = children.flatMap((child) =>
    listNodes(child, path ? `${path} ${child.name()}` : child.name()),
  );
  return [node, ...below];
}

function writeBash(name: string, nodes: readonly CommandNode[]): string {
  const steps = nodes
    .filter(({ path }) => path)
    .map(({ path }) => `${quote(path)}) path=${quote(path)} ;;`);
  const values = nodes.flatMap(({ path, options }) =>
    options.filter(takesValue).map(
      (option) =>
        `${listFlags(option)
          .map((flag) => quote(`${path}:${flag}`))
          .join('|')}) ${completeBash(option)}; return ;;`,
    ),
  );
  const words = nodes.map(
    ({ path, children, options, words: own }) =>
      `${quote(path)}) flags=${quote(options.flatMap(listFlags).join(' '))} words=${quote([...children.map((child) => child.name), ...own].join(' '))} ;;`,
  );
  return `# Completion of ${name} for bash: source it, or put it where bash-completion looks.
_${name}() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]}
  local path= word flags= words= at
  for ((at = 1; at < COMP_CWORD; at++)); do
    word=\${COMP_WORDS[at]}
    case "\${path:+$path }$word" in
${indent(steps, 6)}
    esac
  done
  COMPREPLY=()
  case "$path:$before" in
${indent(values, 4)}
  esac
  case "$path" in
${indent(words, 4)}
  esac
  if [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "$flags" -- "$current"))
  elif [[ -n $words ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  fi
}
complete -o default -F _${name} ${name}
`;
}

/** Without words of its own a value is a file, which the shell completes by itself. */
function completeBash(option: Option): string {
  const words = listWords(option);
  if (words.length === 0) return ':';
  const offers = `-W ${quote(words.join(' '))}`;
  return takesFile(option)
    ? `compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen ${offers} -f -- "$current"))`
    : `COMPREPLY=($(compgen ${offers} -- "$current"))`;
}

function writeFish(name: string, nodes: readonly CommandNode[]): string {
  const lines = nodes.flatMap(({ path, children, options, words }) => {
    const names = path.split(' ').filter(Boolean);
    const isBelow = names.map((word) => `__fish_seen_subcommand_from ${word}`);
    const isHere = children.map((child) => `not __fish_seen_subcommand_from ${child.name}`);
    const condition = [...isBelow, ...isHere].join('; and ');
    const start = `complete -c ${name}${condition ? ` -n ${quote(condition)}` : ''}`;
    const own = [...children, ...words.map((word) => ({ name: word, description: '' }))];
    return [
      ...own.map((child) => `${start} -f -a ${quote(child.name)} -d ${quote(child.description)}`),
      ...options.map(
        (option) => `${start} ${describeFish(option)} -d ${quote(option.description)}`,
      ),
    ];
  });
  return `# Completion of ${name} for fish: save it as ~/.config/fish/completions/${name}.fish.\n${lines.join('\n')}\n`;
}

function describeFish(option: Option): string {
  const names = [
    ...(option.short ? [`-s ${option.short.slice(1)}`] : []),
    ...(option.long ? [`-l ${option.long.slice(2)}`] : []),
  ].join(' ');
  if (!takesValue(option)) return names;
  const words = listWords(option);
  const offers = words.length > 0 ? ` -a ${quote(words.join(' '))}` : '';
  return `${names} ${takesFile(option) ? '-r' : '-x'}${offers}`;
}

function listWords(option: Option): readonly string[] {
  return option.argChoices ?? (option instanceof SuggestingOption ? option.suggestions : []);
}

function takesFile(option: Option): boolean {
  return option.argChoices === undefined;
}

function takesValue(option: Option): boolean {
  return option.required || option.optional;
}

function listFlags({ short, long }: Option): string[] {
  return [short, long].filter((flag) => flag !== undefined);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function indent(lines: readonly string[], spaces: number): string {
  return lines.map((line) => ' '.repeat(spaces) + line).join('\n');
}

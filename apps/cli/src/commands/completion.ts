import { Argument, type Command } from 'commander';
import { type Shell, shells, writeCompletion } from '../completion.ts';

/** `ser completion`: what makes the Tab key know commands and options. */
export function addCompletionCommand(program: Command): void {
  program
    .command('completion')
    .description('Print the script that completes commands and options in a shell.')
    .addArgument(new Argument('<shell>', 'your shell').choices(shells))
    .addHelpText(
      'after',
      '\nExamples:\n  $ source <(ser completion bash)        # this shell; add the line to ~/.bashrc\n  $ source <(ser completion zsh)         # the same in ~/.zshrc, after compinit\n  $ ser completion fish > ~/.config/fish/completions/ser.fish',
    )
    .action((shell: Shell) => {
      process.stdout.write(writeCompletion(program, shell));
    });
}

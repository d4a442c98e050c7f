import { Option } from 'commander';

/** An option whose value is a file, or one of some words, which completion offers beside files. */
export class SuggestingOption extends Option {
  suggestions: readonly string[] = [];

  suggest(words: readonly string[]): this {
    this.suggestions = words;
    return this;
  }
}

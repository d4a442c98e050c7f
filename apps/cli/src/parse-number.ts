import { InvalidArgumentError } from 'commander';

/** An option's parser that takes whole numbers from `least`. */
export function parseWhole(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least}.`);
  };
}

/** An option's parser that takes numbers above 0. */
export function parsePositive(text: string): number {
  const value = Number(text);
  if (value > 0 && value < Number.POSITIVE_INFINITY) return value;
  throw new InvalidArgumentError('It must be a number above 0.');
}

/** An option's parser that takes a list of whole numbers from 0, such as `1,2,3`. */
export function parseWholes(text: string): number[] {
  return text.split(',').map(parseWhole(0));
}

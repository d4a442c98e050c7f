import { SerError } from './errors.ts';

/** Throws INVALID_ARGUMENT in one sentence: the parameter, its value, what is allowed. */
export function rejectArgument(name: string, value: unknown, allowed: string): never {
  const shown = typeof value === 'string' ? `'${value}'` : String(value);
  throw new SerError('INVALID_ARGUMENT', `${name} is ${shown}; it must be ${allowed}.`);
}

export function assertInteger(name: string, value: unknown, from: number, to: number): void {
  if (!Number.isInteger(value) || (value as number) < from || (value as number) > to) {
    rejectArgument(name, value, `a whole number from ${from} to ${to}`);
  }
}

export function assertBoolean(name: string, value: unknown): void {
  if (typeof value !== 'boolean') rejectArgument(name, value, 'true or false');
}

export function assertOneOf(name: string, value: unknown, allowed: readonly unknown[]): void {
  if (!allowed.includes(value)) {
    const list = allowed.map((entry) => (typeof entry === 'string' ? `'${entry}'` : String(entry)));
    rejectArgument(name, value, `one of ${list.join(', ')}`);
  }
}

/** A finite number that also satisfies `holds`; `allowed` says so in words. */
export function assertNumber(
  name: string,
  value: unknown,
  holds: (value: number) => boolean,
  allowed: string,
): void {
  if (typeof value !== 'number' || !Number.isFinite(value) || !holds(value)) {
    rejectArgument(name, value, allowed);
  }
}

/** Throws unless the signal is a Float32Array. */
export function assertSignal(samples: Float32Array): void {
  if (!(samples instanceof Float32Array)) {
    rejectArgument('samples', Object.prototype.toString.call(samples), 'a Float32Array');
  }
}

/** Throws unless the signal is a Float32Array of at least one sample. */
export function assertSamples(samples: Float32Array): void {
  assertSignal(samples);
  if (samples.length === 0) {
    throw new SerError('AUDIO_EMPTY', 'The audio has 0 samples; at least 1 is needed.');
  }
}

/**
 * Throws AUDIO_NOT_FINITE naming the first NaN or infinite sample of a signal known to hold one;
 * `samples[0]` is number `start`.
 */
export function rejectSamples(samples: Float32Array, start = 0): never {
  const index = samples.findIndex((sample) => !Number.isFinite(sample));
  throw new SerError(
    'AUDIO_NOT_FINITE',
    `Sample ${start + index} of the audio is ${samples[index]}; every sample must be a finite number.`,
  );
}

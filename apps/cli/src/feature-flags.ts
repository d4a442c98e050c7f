import { type FeatureConfig, type FeatureConfigInput, resolveFeatureConfig } from '@ser/dsp-wasm';
import { type Command, Option } from 'commander';

/** The path of every single setting: `hopLength`, `mel.bands`, … */
type SettingPath = {
  [Key in keyof FeatureConfig]: FeatureConfig[Key] extends readonly unknown[]
    ? Key
    : FeatureConfig[Key] extends object
      ? `${Key}.${keyof FeatureConfig[Key] & string}`
      : Key;
}[keyof FeatureConfig];

const descriptions: Record<SettingPath, string> = {
  sampleRateHz: 'rate that the clip is resampled to',
  fftLength: 'samples of one transform; prime factors of half of it: 2, 3 and 5',
  winLength: 'samples of the window',
  hopLength: 'samples from one frame to the next',
  window: 'hann, hamming, blackman or ones',
  center: 'whether frames are centred on their sample',
  padMode: 'constant, reflect or edge',
  dropLastFrame: 'whether the last frame is left out',
  sets: 'feature sets, separated by commas',
  topDb: 'floor of decibels below the maximum, or none',
  'mel.bands': 'mel filters',
  'mel.fMinHz': 'lower edge of the first mel filter',
  'mel.fMaxHz': 'upper edge of the last mel filter; none: half the sample rate',
  'mel.scale': 'slaney or htk',
  'mel.norm': 'slaney or none',
  'mel.power': 'exponent of the magnitudes',
  'mel.unit': 'power, db or whisper',
  'mfcc.coefficients': 'number of MFCC',
  'mfcc.lifter': 'liftering coefficient; 0: none',
  'chroma.bins': 'pitch classes in an octave',
  'chroma.tuning': 'in fractions of a class; none: estimated from the clip',
  'chroma.norm': 'inf, 1, 2 or none',
  'contrast.bands': 'octave bands above the lowest one',
  'contrast.fMinHz': 'upper edge of the lowest band',
  'contrast.quantile': 'share of bins in a peak and a valley',
  'contrast.linear': 'difference of magnitudes instead of decibels',
  'bandwidth.exponent': 'exponent of the distance from the centroid',
  'rolloff.share': 'share of magnitude below the roll-off',
  'f0.fMinHz': 'lowest fundamental frequency',
  'f0.fMaxHz': 'highest fundamental frequency',
  'f0.threshold': 'trough that counts as a period',
  'deltas.order': '0, 1 or 2',
  'deltas.width': 'frames of each slope, odd',
  'deltas.mode': 'interp or nearest',
};

/** Adds a flag for every feature setting to a command: `mel.fMinHz` becomes `--mel-f-min-hz`. */
export function addFeatureFlags(command: Command): void {
  const defaults = resolveFeatureConfig();
  for (const path of Object.keys(descriptions) as SettingPath[]) {
    const shown = String(readSetting(defaults, path) ?? 'none');
    command.addOption(
      new Option(`${toFlag(path)} <value>`, `${descriptions[path]} (default: ${shown})`)
        .argParser(parseSetting)
        .helpGroup('Feature settings:'),
    );
  }
}

/** The settings that were given as flags, over those of `base`; everything still to be validated. */
export function applyFeatureFlags(
  options: Record<string, unknown>,
  base: FeatureConfigInput,
): FeatureConfigInput {
  const config: Record<string, unknown> = { ...base };
  for (const path of Object.keys(descriptions) as SettingPath[]) {
    const value = options[new Option(toFlag(path)).attributeName()];
    if (value === undefined) continue;
    const [name, field] = path.split('.') as [string, string | undefined];
    if (field) config[name] = { ...(config[name] as object), [field]: value };
    else config[name] = path === 'sets' ? String(value).split(',') : value;
  }
  return config as FeatureConfigInput;
}

function toFlag(path: string): string {
  return `--${path.replaceAll('.', '-').replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function parseSetting(text: string): string | number | boolean | null {
  if (text === 'none') return null;
  if (text === 'true' || text === 'false') return text === 'true';
  const value = Number(text);
  return text.trim() === '' || Number.isNaN(value) ? text : value;
}

function readSetting(config: FeatureConfig, path: SettingPath): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], config);
}

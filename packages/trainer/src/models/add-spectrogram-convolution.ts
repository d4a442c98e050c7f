import { SerError } from '@ser/dsp-wasm';
import type { SymbolicTensor } from '@tensorflow/tfjs-node';
import type { ModelSettings } from '../recipes/model-settings.ts';
import { ColumnPooling } from './column-pooling.ts';
import { FlattenColumns } from './flatten-columns.ts';
import type { MemberBuilder, SymbolicSequence } from './member-builder.ts';
import { SpectrogramConvolution } from './spectrogram-convolution.ts';

/**
 * A small image network over frames and columns: convolutions, each with layer normalisation over
 * its channels, ReLU and pooling of neighbouring columns behind it. Frames stay; what is left of a
 * frame becomes one vector, projected to `width` where there is one. Dropout ends it.
 *
 * @throws SerError `INVALID_ARGUMENT` where pooling leaves no column.
 */
export function addSpectrogramConvolution(
  member: MemberBuilder,
  { x, lengths }: SymbolicSequence,
  settings: NonNullable<ModelSettings['spectrogramConvolution']>,
): SymbolicTensor {
  const { channels: layers, poolBands: size, width } = settings;
  const columns = x.shape[2]!;
  if (columns < size ** layers.length) {
    throw new SerError(
      'INVALID_ARGUMENT',
      `spectrogramConvolution pools ${columns} feature columns by ${size} ${layers.length} times, which leaves none; there must be at least ${size ** layers.length}.`,
    );
  }
  layers.forEach((channels, index) => {
    const name = `spectrogram_${index + 1}`;
    x = member.add(
      name,
      [x, lengths],
      (identity) => new SpectrogramConvolution({ ...identity, channels }),
    );
    x = member.addNormalisation(`${name}_norm`, x);
    x = member.addRelu(`${name}_relu`, x);
    x = member.add(`${name}_pool`, x, (identity) => new ColumnPooling({ ...identity, size }));
  });
  x = member.add('spectrogram_flat', x, (identity) => new FlattenColumns(identity));
  if (width) x = member.addDense('spectrogram_project', x, { units: width });
  return member.addDropout('spectrogram_dropout', x);
}

import { readFile } from 'node:fs/promises';
import type { FeatureMatrix } from '@ser/dsp-wasm';
import { fromFloat16Bits, toFloat16Bits } from '@ser/onnx';
import { openEmbeddingGraph } from '@ser/runtime';
import { averageByWeight, cutPieces, type FrontEnd } from '@ser/runtime/core';
import { joinPadded } from './frames.ts';
import type { UsedEncoder } from './representation.ts';

/** Turns the matrix of a front end into that which a head sees. */
export type Encode = (matrix: FeatureMatrix) => Promise<FeatureMatrix>;

/**
 * Opens an encoder. It gives a clip's frames [frames, columns], rounded to float16 as the cache holds
 * them, or its embedding as one row. What is too long for it is encoded in pieces.
 *
 * @throws SerError `MODEL_INVALID` where its graph cannot be loaded.
 */
export async function openEncoder(
  { graphPath, frameRateHz: ownRateHz, columns, padFrames: ownPadFrames, ...limits }: UsedEncoder,
  { config, frameRateHz }: FrontEnd,
): Promise<Encode> {
  const graph = await openEmbeddingGraph(await readFile(graphPath), config.kind);
  const padFrames = Math.round((config.padEndSec ?? 0) * frameRateHz);
  return async (matrix) => {
    const pieces = cutPieces(matrix, { mostFrames: limits.maxFrames ?? Infinity, padFrames });
    const parts: Float32Array[] = [];
    for (const piece of pieces) parts.push(await graph.run(piece.matrix));
    if (ownRateHz !== null) {
      return joinPadded(
        parts.map((part) => toFrames(part, columns)),
        ownPadFrames,
      );
    }
    const weights = pieces.map(({ weight }) => weight);
    return { data: averageByWeight(parts, weights), frames: 1, features: columns };
  };
}

function toFrames(values: Float32Array, columns: number): FeatureMatrix {
  const data = values.map((value) => fromFloat16Bits(toFloat16Bits(value)));
  return { data, frames: data.length / columns, features: columns };
}

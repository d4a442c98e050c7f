import { LayerGraph as PlainLayerGraph } from '@ser/onnx';
import type { LayerVariable } from '@tensorflow/tfjs-node';

/** Adds the parts of one layer of a tfjs model. */
export class LayerGraph extends PlainLayerGraph {
  /** Adds a weight as it is; returns its name. */
  weight(part: string, weight: LayerVariable): string {
    const values = weight.read().dataSync<'float32'>() as Float32Array;
    return this.floats(part, weight.shape as number[], values);
  }
}

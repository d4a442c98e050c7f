import type { OnnxAttribute, OnnxNode, OnnxTensor } from './encode-model.ts';

/** Collects nodes and constants of a graph and names what they give. */
export class GraphBuilder {
  readonly nodes: OnnxNode[] = [];
  readonly initialisers: OnnxTensor[] = [];

  /** Adds float32 constants; returns their name. */
  addFloats(name: string, shape: readonly number[], values: Float32Array): string {
    this.initialisers.push({ name, type: 'float32', shape, values });
    return name;
  }

  /** Adds int64 constants; returns their name. */
  addIntegers(name: string, shape: readonly number[], values: readonly number[]): string {
    this.initialisers.push({ name, type: 'int64', shape, values });
    return name;
  }

  /** Adds a node with one output; returns the output's name. */
  addNode(
    operator: string,
    inputs: readonly string[],
    output: string,
    attributes?: Readonly<Record<string, OnnxAttribute>>,
  ): string {
    this.addNodeWithOutputs(operator, inputs, [output], attributes);
    return output;
  }

  /** Adds a node with the given outputs; one named '' is left out. */
  addNodeWithOutputs(
    operator: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes?: Readonly<Record<string, OnnxAttribute>>,
  ): void {
    this.nodes.push({ operator, inputs, outputs, ...(attributes && { attributes }) });
  }
}

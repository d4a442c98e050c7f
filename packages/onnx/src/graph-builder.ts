import type { OnnxAttribute, OnnxNode, OnnxTensor } from './onnx-model.ts';
import { createFloats, createIntegers } from './tensors.ts';

type Attributes = Readonly<Record<string, OnnxAttribute>>;

/** Collects nodes and constants of a graph and names what they give. */
export class GraphBuilder {
  readonly nodes: OnnxNode[] = [];
  readonly initialisers: OnnxTensor[] = [];

  /** Adds float32 constants; returns their name. */
  addFloats(name: string, shape: readonly number[], values: Float32Array): string {
    this.initialisers.push(createFloats(name, shape, values.slice()));
    return name;
  }

  /** Adds int64 constants; returns their name. */
  addIntegers(name: string, shape: readonly number[], values: readonly number[]): string {
    this.initialisers.push(createIntegers(name, shape, values));
    return name;
  }

  /** Adds a node with one output; returns the output's name. */
  addNode(
    operator: string,
    inputs: readonly string[],
    output: string,
    attributes?: Attributes,
  ): string {
    this.addNodeWithOutputs(operator, inputs, [output], attributes);
    return output;
  }

  /** Adds a node with the given outputs; one named '' is left out. */
  addNodeWithOutputs(
    operator: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes?: Attributes,
  ): void {
    this.nodes.push({ operator, inputs, outputs, ...(attributes && { attributes }) });
  }
}

/** Adds the parts of one layer, each under the layer's name and its own. */
export class LayerGraph {
  readonly graph: GraphBuilder;
  readonly name: string;

  constructor(graph: GraphBuilder, name: string) {
    this.graph = graph;
    this.name = name;
  }

  /** Adds a node with one output; returns the output's name. */
  node(operator: string, inputs: readonly string[], part: string, attributes?: Attributes): string {
    return this.graph.addNode(operator, inputs, `${this.name}/${part}`, attributes);
  }

  /** Adds the node whose output is the layer's; returns the output's name. */
  output(operator: string, inputs: readonly string[], attributes?: Attributes): string {
    return this.graph.addNode(operator, inputs, this.name, attributes);
  }

  /** Adds a list of int64 constants; returns its name. */
  integers(part: string, values: readonly number[]): string {
    return this.graph.addIntegers(`${this.name}/${part}`, [values.length], values);
  }

  /** Adds an int64 scalar; returns its name. */
  integer(part: string, value: number): string {
    return this.graph.addIntegers(`${this.name}/${part}`, [], [value]);
  }

  /** Adds a float32 scalar; returns its name. */
  float(part: string, value: number): string {
    return this.floats(part, [], Float32Array.of(value));
  }

  /** Adds float32 constants; returns their name. */
  floats(part: string, shape: readonly number[], values: Float32Array): string {
    return this.graph.addFloats(`${this.name}/${part}`, shape, values);
  }
}

import { type FeatureStream, loadDsp } from '@ser/dsp-wasm';
import { streamConfig } from './stream-setting.ts';

/** The part of an AudioWorklet's scope that TypeScript's DOM library leaves out. */
declare const AudioWorkletProcessor: new () => { readonly port: MessagePort };
declare function registerProcessor(name: string, processor: unknown): void;

registerProcessor(
  'feature-stream',
  class extends AudioWorkletProcessor {
    #stream: FeatureStream | undefined;

    constructor() {
      super();
      loadDsp().then((dsp) => {
        this.#stream = dsp.createFeatureStream(streamConfig);
        this.port.postMessage('ready');
      });
    }

    process(inputs: Float32Array[][]): boolean {
      const samples = inputs[0]?.[0];
      if (samples && this.#stream) {
        const { data, frames } = this.#stream.push(samples);
        if (frames > 0) this.port.postMessage(data);
      }
      return true;
    }
  },
);

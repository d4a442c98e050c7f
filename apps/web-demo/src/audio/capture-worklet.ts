// What TypeScript's own libraries do not know of an AudioWorklet's world.
declare abstract class AudioWorkletProcessor {
  readonly port: MessagePort;
  abstract process(inputs: Float32Array[][]): boolean;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;

const chunkLength = 2048;

/** Sends what a microphone gives, averaged to one channel, to the port that it is given. */
class CaptureProcessor extends AudioWorkletProcessor {
  #target: MessagePort | null = null;
  #chunk = new Float32Array(chunkLength);
  #filled = 0;

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<MessagePort>) => {
      this.#target = data;
    };
  }

  process([channels]: Float32Array[][]): boolean {
    const length = channels?.[0]?.length ?? 0;
    for (let index = 0; index < length; index++) {
      let sum = 0;
      for (const channel of channels!) sum += channel[index]!;
      this.#chunk[this.#filled++] = sum / channels!.length;
      if (this.#filled === chunkLength) this.#send();
    }
    return true;
  }

  #send(): void {
    const chunk = this.#chunk.slice();
    this.#filled = 0;
    this.#target?.postMessage(chunk, [chunk.buffer]);
  }
}

registerProcessor('capture', CaptureProcessor);

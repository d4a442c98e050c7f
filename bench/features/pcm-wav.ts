/** Mean of the channels of a 16-bit WAV file: all that the benchmark's own clips need. */
export function readPcmWav(bytes: Uint8Array): { samples: Float32Array; sampleRateHz: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let [channels, sampleRateHz] = [0, 0];
  for (let at = 12; at + 8 <= bytes.length; at += 8 + view.getUint32(at + 4, true)) {
    const tag = String.fromCharCode(...bytes.subarray(at, at + 4));
    if (tag === 'fmt ') {
      channels = view.getUint16(at + 10, true);
      sampleRateHz = view.getUint32(at + 12, true);
    }
    if (tag !== 'data') continue;
    const frames = Math.floor(view.getUint32(at + 4, true) / (2 * channels));
    const samples = new Float32Array(frames).map((_, frame) => {
      let sum = 0;
      for (let channel = 0; channel < channels; channel++) {
        sum += view.getInt16(at + 8 + 2 * (frame * channels + channel), true);
      }
      return sum / channels / 32768;
    });
    return { samples, sampleRateHz };
  }
  throw new Error('The WAV file has no data.');
}

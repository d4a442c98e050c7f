import type { Page } from 'playwright-core';

/** Has the browser record a gliding tone as WebM with Opus. */
export async function recordWebm(page: Page, durationSec: number): Promise<Buffer> {
  const bytes = await page.evaluate(async (durationSec) => {
    const context = new AudioContext();
    const voice = new OscillatorNode(context, { type: 'sawtooth', frequency: 120 });
    const target = new MediaStreamAudioDestinationNode(context);
    voice.frequency.linearRampToValueAtTime(220, context.currentTime + durationSec);
    voice.connect(target);
    const recorder = new MediaRecorder(target.stream, { mimeType: 'audio/webm;codecs=opus' });
    const chunks: Blob[] = [];
    recorder.addEventListener('dataavailable', ({ data }) => chunks.push(data));
    const stopped = new Promise((resolve) => recorder.addEventListener('stop', resolve));
    voice.start();
    recorder.start();
    await new Promise((resolve) => setTimeout(resolve, 1000 * durationSec));
    recorder.stop();
    await stopped;
    await context.close();
    return [...new Uint8Array(await new Blob(chunks).arrayBuffer())];
  }, durationSec);
  return Buffer.from(bytes);
}

import { batch, computed, signal } from '@preact/signals';
import type { AudioClip, Judgement, Manifest } from '@ser/runtime/web';
import { listMicrophones, type Microphone, openMicrophone } from '../audio/microphone.ts';
import type { LiveEvent, ModelName } from '../engine/protocol.ts';
import { strings } from '../strings.ts';
import { announce } from './announcer.ts';
import { addClips } from './clips.ts';
import { engine } from './engine.ts';
import { judge, manifest } from './model.ts';

/** How much the rolling timeline shows. */
export const shownSec = 60;
const mostUtterances = 50;

export type LivePhase = 'off' | 'starting' | 'on' | 'paused';

/** One moment of the rolling timeline. */
export interface Moment {
  timeSec: number;
  prediction: Judgement | null;
}

/** Speech from one silence to the next, and how it was judged last. */
export interface Utterance {
  startSec: number;
  endSec: number;
  label: string;
  confidence: number;
}

export const phase = signal<LivePhase>('off');
export const liveFailure = signal<string | null>(null);
export const devices = signal<readonly MediaDeviceInfo[]>([]);
export const deviceId = signal<string | null>(null);
/** The model that listens, from the start of the microphone to its stop. */
export const listener = signal<{ model: ModelName; manifest: Manifest } | null>(null);
export const rateHz = signal(0);
/** Seconds of sound so far. */
export const heardSec = signal(0);
export const level = signal({ rms: 0, peak: 0 });
export const latest = signal<Judgement | null>(null);
export const isSpeaking = signal(false);
export const delaySec = signal(0);
export const utterances = signal<readonly Utterance[]>([]);
/** Loudness of every chunk, and the judgement of every update, of the last minute. */
export const levels: { timeSec: number; rms: number }[] = [];
export const moments: Moment[] = [];

/** Whether the device cannot keep up with who speaks. */
export const isBehind = computed(() => delaySec.value > 2);

let microphone: Microphone | null = null;
let listening: Promise<AudioClip> | null = null;
let stopListening = new AbortController();

/** Starts the microphone that is chosen; where that fails, {@link liveFailure} says why. */
export async function startLive(): Promise<void> {
  const model = judge.value;
  if (!manifest.value) return;
  listener.value = { model, manifest: manifest.value };
  batch(() => {
    phase.value = 'starting';
    liveFailure.value = null;
    heardSec.value = 0;
    latest.value = null;
    isSpeaking.value = false;
    delaySec.value = 0;
    utterances.value = [];
  });
  levels.length = 0;
  moments.length = 0;
  const { port1, port2 } = new MessageChannel();
  try {
    microphone = await openMicrophone(deviceId.value, port1, () => {
      liveFailure.value = strings.microphoneErrors.AbortError;
      void stopLive();
    });
    const { sampleRateHz } = microphone;
    const params = { port: port2, sampleRateHz, model };
    stopListening = new AbortController();
    const { signal: stop } = stopListening;
    const options = { onProgress: take, signal: stop, transfer: [port2] };
    listening = engine.call('listen', params, options);
    listening.catch((error: Error) => {
      liveFailure.value = error.message;
      void stopLive();
    });
    devices.value = await listMicrophones();
    batch(() => {
      rateHz.value = sampleRateHz;
      phase.value = 'on';
    });
  } catch (error) {
    port1.close();
    phase.value = 'off';
    liveFailure.value = describeMicrophoneFailure(error);
    announce(`${strings.microphoneFailed}. ${liveFailure.value}`);
  }
}

/** Takes another device; a running microphone starts anew with it. */
export async function chooseDevice(id: string | null): Promise<void> {
  deviceId.value = id;
  if (phase.value === 'off') return;
  await stopLive();
  await startLive();
}

export async function pauseLive(): Promise<void> {
  await microphone?.pause();
  batch(() => {
    phase.value = 'paused';
    level.value = { rms: 0, peak: 0 };
    isSpeaking.value = false;
  });
}

export async function resumeLive(): Promise<void> {
  await microphone?.resume();
  phase.value = 'on';
}

/** Lets go of the microphone. @returns what was heard last, or null where nothing was. */
export async function stopLive(): Promise<AudioClip | null> {
  const open = microphone;
  microphone = null;
  await open?.close();
  stopListening.abort();
  const clip = open ? ((await listening?.catch(() => null)) ?? null) : null;
  batch(() => {
    phase.value = 'off';
    level.value = { rms: 0, peak: 0 };
    isSpeaking.value = false;
  });
  return clip;
}

/** Stops, and puts what was heard last among the clips. @returns whether there was anything. */
export async function keepLive(): Promise<boolean> {
  const clip = await stopLive();
  if (!clip || clip.samples.length === 0) return false;
  const time = new Date().toLocaleTimeString('en', { hour: '2-digit', minute: '2-digit' });
  addClips([{ name: strings.microphoneClip(time), origin: 'microphone', source: clip }]);
  return true;
}

function take(event: LiveEvent): void {
  if (event.kind === 'level') {
    levels.push({ timeSec: event.timeSec, rms: event.rms });
    dropOld(levels, event.timeSec);
    batch(() => {
      if (phase.value === 'on') level.value = { rms: event.rms, peak: event.peak };
      heardSec.value = event.timeSec;
    });
    return;
  }
  const { timeSec, prediction } = event.update;
  moments.push({ timeSec, prediction });
  dropOld(moments, timeSec);
  batch(() => {
    delaySec.value = event.delaySec;
    if (prediction) {
      addToUtterances(timeSec, prediction, isSpeaking.value);
      latest.value = prediction;
    }
    isSpeaking.value = prediction !== null && phase.value !== 'paused';
  });
}

function addToUtterances(timeSec: number, { label, confidence }: Judgement, goesOn: boolean): void {
  const last = utterances.value[0];
  const rest = goesOn && last ? utterances.value.slice(1) : utterances.value;
  const startSec = goesOn && last ? last.startSec : Math.max(0, timeSec - 0.5);
  const entry = { startSec, endSec: timeSec, label, confidence };
  utterances.value = [entry, ...rest].slice(0, mostUtterances);
}

function dropOld(items: { timeSec: number }[], nowSec: number): void {
  while (items.length > 0 && items[0]!.timeSec < nowSec - shownSec) items.shift();
}

function describeMicrophoneFailure(error: unknown): string {
  const known = strings.microphoneErrors;
  const name = error instanceof Error ? error.name : '';
  if (name !== 'unknown' && name in known) {
    return known[name as Exclude<keyof typeof known, 'unknown'>];
  }
  return known.unknown(error instanceof Error ? error.message : String(error));
}

import workletUrl from './capture-worklet.ts?worker&url';

/** A microphone that is open. */
export interface Microphone {
  /** The device's own rate, at which chunks come. */
  sampleRateHz: number;
  deviceId: string | undefined;
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Lets go of the device. */
  close(): Promise<void>;
}

/**
 * Opens a microphone; chunks of mono samples go straight to `port`, past the page.
 *
 * @param deviceId null for the default one.
 * @param onEnd called where the device goes away by itself.
 * @throws DOMException as `getUserMedia` does.
 */
export async function openMicrophone(
  deviceId: string | null,
  port: MessagePort,
  onEnd: () => void,
): Promise<Microphone> {
  if (!navigator.mediaDevices) throw new DOMException('no secure context', 'SecurityError');
  // The model learnt from sound that no phone call's filters have been through.
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: {
      ...(deviceId && { deviceId: { exact: deviceId } }),
      echoCancellation: false,
      noiseSuppression: false,
      autoGainControl: false,
    },
  });
  const track = stream.getAudioTracks()[0]!;
  const context = new AudioContext();
  try {
    await context.audioWorklet.addModule(workletUrl);
    const source = new MediaStreamAudioSourceNode(context, { mediaStream: stream });
    const capture = new AudioWorkletNode(context, 'capture', { numberOfOutputs: 0 });
    capture.port.postMessage(port, [port]);
    source.connect(capture);
    track.addEventListener('ended', onEnd);
    await context.resume();
    return {
      sampleRateHz: context.sampleRate,
      deviceId: track.getSettings().deviceId,
      pause: () => context.suspend(),
      resume: () => context.resume(),
      async close() {
        track.removeEventListener('ended', onEnd);
        track.stop();
        await context.close();
      },
    };
  } catch (error) {
    track.stop();
    await context.close();
    throw error;
  }
}

/** The microphones that may be chosen; without permission their names are empty. */
export async function listMicrophones(): Promise<MediaDeviceInfo[]> {
  const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  return devices.filter(({ kind, deviceId }) => kind === 'audioinput' && deviceId !== '');
}

import { drawRiver } from '../drawing/draw-river.ts';
import { formatClock, formatDuration, formatKilohertz, formatShare } from '../format.ts';
import { FailureNote } from '../parts/failure-note.tsx';
import { colourNow, readPageColours } from '../parts/label-colours.ts';
import { LabelSwatch } from '../parts/label-swatch.tsx';
import { LevelMeter } from '../parts/level-meter.tsx';
import { ProbabilityBars } from '../parts/probability-bars.tsx';
import { useCanvas } from '../parts/use-canvas.ts';
import {
  chooseDevice,
  delaySec,
  deviceId,
  devices,
  heardSec,
  isBehind,
  isSpeaking,
  keepLive,
  latest,
  levels,
  listener,
  liveFailure,
  moments,
  pauseLive,
  phase,
  rateHz,
  resumeLive,
  shownSec,
  startLive,
  stopLive,
  utterances,
} from '../state/live.ts';
import { findLeastConfidence, manifest, nameModel, styleOf } from '../state/model.ts';
import { strings } from '../strings.ts';

/** The microphone, judged while somebody speaks. */
export function LiveView() {
  const isRunning = phase.value === 'on' || phase.value === 'paused';
  return (
    <div class="live">
      <h2 class="view-title">{strings.liveHeading}</h2>
      <p class="view-text">{strings.liveText}</p>
      <Controls isRunning={isRunning} />
      {liveFailure.value && (
        <FailureNote
          title={strings.microphoneFailed}
          failure={{ code: 'MICROPHONE', message: liveFailure.value }}
        />
      )}
      {isRunning && <Now />}
      {heardSec.value > 0 && <Rolling />}
      {(isRunning || utterances.value.length > 0) && <UtteranceList />}
    </div>
  );
}

function Controls({ isRunning }: { isRunning: boolean }) {
  return (
    <section class="card controls">
      <div class="row">
        {isRunning ? (
          <>
            {phase.value === 'on' ? (
              <button type="button" class="button" onClick={() => void pauseLive()}>
                {strings.pause}
              </button>
            ) : (
              <button type="button" class="button is-main" onClick={() => void resumeLive()}>
                {strings.resume}
              </button>
            )}
            <button type="button" class="button" onClick={() => void stopLive()}>
              {strings.stop}
            </button>
            <button type="button" class="button" onClick={() => void keepAndShow()}>
              {strings.keep}
            </button>
          </>
        ) : (
          <button
            type="button"
            class="button is-main is-large"
            disabled={phase.value === 'starting' || !manifest.value}
            onClick={() => void startLive()}
          >
            <svg viewBox="0 0 24 24" aria-hidden="true">
              <path d="M12 3a3 3 0 0 0-3 3v6a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3zM6 11v1a6 6 0 0 0 12 0v-1M12 18v3" />
            </svg>
            {phase.value === 'starting' ? strings.starting : strings.start}
          </button>
        )}
        <label class="device">
          {strings.device}
          <select
            value={deviceId.value ?? ''}
            onChange={({ currentTarget }) => void chooseDevice(currentTarget.value || null)}
          >
            <option value="">{strings.defaultDevice}</option>
            {devices.value
              .filter((device) => device.deviceId !== 'default')
              .map((device, index) => (
                <option key={device.deviceId} value={device.deviceId}>
                  {device.label || strings.unnamedDevice(index + 1)}
                </option>
              ))}
          </select>
        </label>
      </div>
      {isRunning && <LevelMeter />}
    </section>
  );
}

async function keepAndShow(): Promise<void> {
  if (await keepLive()) location.hash = '#clips';
}

function Now() {
  const judgement = latest.value;
  const judge = listener.value;
  const state =
    phase.value === 'paused'
      ? strings.paused
      : isSpeaking.value
        ? strings.speaking
        : strings.silent;
  return (
    <section class={isSpeaking.value ? 'card answer' : 'card answer is-quiet'}>
      <div class="answer-main">
        <p class="voice" role="status">
          <span class={isSpeaking.value ? 'lamp is-on' : 'lamp'} aria-hidden="true" />
          {state}
        </p>
        {judgement && (
          <>
            <p class="answer-label" data-live-label={judgement.label}>
              <LabelSwatch label={judgement.label} />
              <span class="capital">{judgement.label}</span>
            </p>
            <p class="answer-confidence">{strings.confident(formatShare(judgement.confidence))}</p>
            {judgement.confidence < findLeastConfidence(judge?.manifest ?? null) && (
              <p class="doubt">{strings.uncertain['low-confidence']}</p>
            )}
          </>
        )}
        {isBehind.value && <p class="doubt">{strings.liveDelay(formatDuration(delaySec.value))}</p>}
        <p class="hint">{strings.rate(formatKilohertz(rateHz.value))}</p>
        {judge && (
          <p class="hint" data-model={judge.model}>
            {strings.judgedBy(nameModel(judge.model, judge.manifest))}
          </p>
        )}
      </div>
      {judgement && (
        <ProbabilityBars
          probabilities={judgement.probabilities}
          best={judgement.label}
          isSorted={false}
        />
      )}
    </section>
  );
}

function Rolling() {
  const labels = listener.value?.manifest.labels ?? [];
  const canvas = useCanvas(
    (context, width, height, element) => {
      const colours = readPageColours(element);
      const toSec = Math.max(shownSec, heardSec.peek());
      const fromSec = toSec - shownSec;
      const split = Math.round(height * 0.4);
      context.fillStyle = colours.quiet;
      for (const { timeSec, rms } of levels) {
        const x = (width * (timeSec - fromSec)) / shownSec;
        const reach = Math.max(1, split * 0.9 * Math.min(1, toMeter(rms)));
        context.fillRect(
          x,
          (split - reach) / 2,
          Math.max(1, (0.9 * width * 0.045) / shownSec),
          reach,
        );
      }
      drawRiver(
        context,
        { left: 0, top: split + 6, width, height: height - split - 26 },
        moments.map(({ timeSec, prediction }) => ({ sec: timeSec, prediction })),
        { fromSec, toSec },
        {
          labels,
          colourOf: (label) => colourNow(styleOf(label)),
          ...{ text: colours.text, line: colours.card, font: '600 12px system-ui, sans-serif' },
        },
      );
      context.font = '12px system-ui, sans-serif';
      context.fillStyle = colours.quiet;
      context.textBaseline = 'bottom';
      for (let sec = 10 * Math.ceil(fromSec / 10); sec <= toSec; sec += 10) {
        const x = (width * (sec - fromSec)) / shownSec;
        context.textAlign = x < 20 ? 'left' : x > width - 20 ? 'right' : 'center';
        context.fillText(formatClock(sec), x, height);
      }
    },
    [Math.floor(heardSec.value * 10)],
  );
  return (
    <section class="card">
      <h3>{strings.rolling}</h3>
      <canvas class="rolling" ref={canvas} role="img" aria-label={strings.rollingLabel} />
    </section>
  );
}

/** A level from -60 dB to full scale as 0 to 1. */
function toMeter(rms: number): number {
  return Math.max(0, 1 + (20 * Math.log10(Math.max(rms, 1e-6))) / 60);
}

function UtteranceList() {
  return (
    <section class="card">
      <h3>{strings.utterances}</h3>
      {utterances.value.length === 0 ? (
        <p class="hint">{strings.noUtterances}</p>
      ) : (
        <ol class="utterances">
          {utterances.value.map(({ startSec, endSec, label, confidence }) => (
            <li key={startSec}>
              <span class="utterance-time">
                {strings.utterance(formatClock(startSec), formatClock(endSec))}
              </span>
              <span class="utterance-label">
                <LabelSwatch label={label} />
                {label}
              </span>
              <span>{formatShare(confidence)}</span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
